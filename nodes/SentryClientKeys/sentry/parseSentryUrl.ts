/** The parts that a Sentry address names, each an ID or a slug. */
export interface AddressParts {
	organization?: string;
	project?: string;
}

/** Subdomains of sentry.io that are Sentry itself and not an organization's own address. */
const SENTRY_HOSTS = /^(?:www|us\d*|de\d*|eu\d*|app|docs)$/;

/** First path segments that are pages of Sentry; any other one is an organization's old address. */
const PAGES = new Set(['api', 'auth', 'issues', 'organizations', 'projects', 'settings']);

/**
 * Reads organization and project from an address copied out of Sentry: from the browser (with or
 * without the organization in the host name, any page of the project) or an API address.
 *
 * @returns undefined if the text is no http or https address
 */
export function parseSentryAddress(text: string): AddressParts | undefined {
	const trimmed = text.trim();
	const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
	if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
	const path = decodedSegments(url.pathname);
	const organization =
		organizationIn(path) ?? organizationOfHost(url.hostname) ?? organizationOfSettings(path);
	const project = projectIn(path) ?? onlyOne(url.searchParams.getAll('project'));
	const [first = '', second, ...more] = path;
	if (organization === undefined && !project && more.length === 0 && !PAGES.has(first)) {
		return { ...organizationPart(first || undefined), ...projectPart(second) };
	}
	return { ...organizationPart(organization), ...projectPart(project) };
}

function decodedSegments(pathname: string): string[] {
	return pathname
		.split('/')
		.filter((segment) => segment !== '')
		.map((segment) => {
			try {
				return decodeURIComponent(segment);
			} catch {
				return segment;
			}
		});
}

/** `…/organizations/{org}/…`, `…/api/0/projects/{org}/{project}/…` */
function organizationIn(path: string[]): string | undefined {
	const named = after(path, 'organizations');
	if (named !== undefined) return named;
	const api = path.indexOf('0');
	return api > 0 && path[api - 1] === 'api' && path[api + 1] === 'projects'
		? path[api + 2]
		: undefined;
}

/** `…/settings/{org}/projects/…`, unless the host names the organization: then the path does not. */
function organizationOfSettings(path: string[]): string | undefined {
	const settings = after(path, 'settings');
	return settings === 'projects' || settings === 'account' ? undefined : settings;
}

function projectIn(path: string[]): string | undefined {
	const index = path.indexOf('projects');
	if (index < 0) return undefined;
	const isApi = path[index - 1] === '0' && path[index - 2] === 'api';
	return path[index + (isApi ? 2 : 1)];
}

function after(path: string[], name: string): string | undefined {
	const index = path.indexOf(name);
	return index < 0 ? undefined : path[index + 1];
}

function organizationOfHost(host: string): string | undefined {
	const subdomain = /^([a-z0-9-]+)\.sentry\.io$/i.exec(host)?.[1];
	return subdomain === undefined || SENTRY_HOSTS.test(subdomain) ? undefined : subdomain;
}

function organizationPart(organization: string | undefined): AddressParts {
	return organization === undefined ? {} : { organization };
}

/** `?project=1&project=2` is a page of several projects. */
function onlyOne(values: string[]): string | undefined {
	return values.length === 1 ? values[0] : undefined;
}

/** `?project=-1` is Sentry's "all projects". */
function projectPart(project: string | undefined): AddressParts {
	return project === undefined || project === '' || project === '-1' ? {} : { project };
}
