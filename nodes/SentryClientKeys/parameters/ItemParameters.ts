import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { parseSentryAddress } from '../sentry/parseSentryUrl';
import { differs, parseDsn } from '../sentry/keys/parseDsn';
import { compareByIds, refuseOther } from '../sentry/keys/keyChoice';
import { isNumber } from '../sentry/lookUp';
import type { KeyChoice } from '../sentry/keys/keyChoice';
import type { KeyTarget } from '../sentry/keys/locateKey';
import { InvalidInputError } from '../sentry/errors';
import { isRecord } from '../sentry/json';
import { idOrSlug, quote } from '../sentry/paths';
import {
	isBlank,
	numberAsText,
	readChoice,
	readSwitch,
	refuseExpression,
	readWholeNumber,
} from '../sentry/values';
import { IDENTIFY_BY, SCOPES } from './locators';
import { ItemOptions } from './ItemOptions';
import { readDsn, readKeyChoice, readLocator } from './readKeyChoice';
import { DEFAULT_LIMIT } from './returnAll';

/**
 * The node's parameters for one input item, checked as they are read: n8n enforces the editor's
 * ranges and required marks nowhere else, and an expression can return anything.
 */
export class ItemParameters {
	/**
	 * @param readRaw a parameter before its expressions are worked out: text that begins with = is an
	 * expression
	 */
	constructor(
		private readonly read: (name: string) => unknown,
		private readonly readRaw = read,
	) {}

	/** The entries of the Options collection. */
	readonly options = new ItemOptions(
		() => this.read('options'),
		() => this.readRaw('options'),
	);

	static ofItem(node: IExecuteFunctions, itemIndex: number): ItemParameters {
		const read = (name: string, rawExpressions: boolean) =>
			node.getNodeParameter(name, itemIndex, null, { rawExpressions }) as unknown;
		return new ItemParameters(
			once((name) => read(name, false)),
			(name) => read(name, true),
		);
	}

	/** As they are in the editor, where there is no item yet. */
	static ofEditor(node: ILoadOptionsFunctions): ItemParameters {
		return new ItemParameters((name) => node.getCurrentNodeParameter(name));
	}

	/** @throws InvalidInputError if it is missing or no ID or slug */
	get organization(): string {
		return this.locator('organization', 'Organization');
	}

	/** @throws InvalidInputError if it is missing or no ID or slug */
	get project(): string {
		return this.locator('project', 'Project');
	}

	/**
	 * Undefined if the Scope is the whole organization.
	 *
	 * @throws InvalidInputError as for `project`
	 */
	get projectInScope(): string | undefined {
		const scope = this.choice('scope', 'Scope', SCOPES, 'project');
		return scope === 'project' ? this.project : undefined;
	}

	/**
	 * The chosen key, in the project that the panel names, or by its DSN alone.
	 *
	 * @throws InvalidInputError if it is missing, no ID and no DSN, or the DSN of another project or
	 * organization
	 */
	get keyTarget(): KeyTarget {
		const by = this.choice('identifyBy', 'Identify Key By', IDENTIFY_BY, 'projectAndKey');
		if (by === 'dsn') return this.dsnTarget;
		const { organization, project } = this;
		return { ...this.keyChoice, organization, project };
	}

	private get dsnTarget(): KeyTarget {
		const label = 'DSN';
		const value = this.read('dsn');
		const { keyId, dsn } = readDsn(label, typeof value === 'string' ? value : '');
		const page = dsn.isPage && typeof value === 'string' ? parseSentryAddress(value) : undefined;
		const { value: chosen } = readLocator(this.read('organization'));
		const organization = isBlank(chosen) ? page?.organization : this.organization;
		if (isOtherName(page?.organization, organization)) refuseOther('organization', label);
		if (page?.project !== undefined && organization !== undefined) {
			return { keyId, organization, project: page.project };
		}
		if (dsn.projectId === undefined) {
			throw new InvalidInputError(
				label,
				'names a key, but no project',
				"Paste the DSN itself, as the project's settings show it, or set 'Identify Key By' to 'Project and Key'.",
			);
		}
		if (organization !== undefined) {
			compareByIds(dsn, { organization, project: dsn.projectId }, label);
		}
		return { keyId, dsn, ...(organization !== undefined && { organization }) };
	}

	private get keyChoice(): KeyChoice {
		const label = 'Client Key';
		const choice = readKeyChoice(this.read('clientKey'), label);
		if (choice.dsn !== undefined) compareByIds(choice.dsn, this, label);
		if (choice.dsn?.isPage === true) {
			const { value } = readLocator(this.read('clientKey'));
			const page = parseSentryAddress(typeof value === 'string' ? value : '') ?? {};
			for (const what of ['organization', 'project'] as const) {
				if (isOtherName(page[what], this[what])) refuseOther(what, label);
			}
		}
		return choice;
	}

	/**
	 * A drop-down of the operation's own; its default where it is empty.
	 *
	 * @throws InvalidInputError if it is none of the choices
	 */
	choice<Choice extends string>(
		name: string,
		label: string,
		choices: readonly Choice[],
		fallback: NoInfer<Choice>,
	): Choice {
		return readChoice(this.read(name), choices, label) ?? fallback;
	}

	/**
	 * Whether a parameter is empty because somebody left it so, and not because an expression gave
	 * nothing.
	 */
	isLeftEmpty(name: string): boolean {
		return this.readRaw(name) === '';
	}

	/** Whether a parameter's value comes of an expression. */
	isExpression(name: string): boolean {
		const raw = this.readRaw(name);
		return typeof raw === 'string' && raw.startsWith('=');
	}

	/**
	 * An entry of the Filters collection, trimmed; undefined if it was left out or left empty.
	 *
	 * @throws InvalidInputError if it holds no text, or an expression gave nothing: that would let
	 * everything through
	 */
	filter(name: string, label: string): string | undefined {
		const filters = this.read('filters');
		if (isBlank(filters)) return undefined;
		if (!isRecord(filters)) {
			throw new InvalidInputError('Filters', 'is not an object', 'Add the filters one by one.');
		}
		const raw = this.readRaw('filters');
		if (!(name in filters) || (isRecord(raw) && raw[name] === '')) return undefined;
		const text = numberAsText(filters[name]);
		refuseExpression(text, `Filters > ${label}`);
		if (typeof text === 'string' && !isBlank(text)) return text.trim();
		throw new InvalidInputError(
			`Filters > ${label}`,
			isBlank(text) ? 'is empty' : 'is not text',
			'Enter text, or remove the filter. If the value is an expression, check that the input item has the field it refers to.',
		);
	}

	/** A parameter as it is; undefined where there is none. */
	value(name: string): unknown {
		return this.read(name);
	}

	/**
	 * How many results are wanted at most; undefined for all.
	 *
	 * @throws InvalidInputError if it is not a whole number of at least 1
	 */
	get limit(): number | undefined {
		if (readSwitch(this.read('returnAll'), 'Return All') === true) return undefined;
		return readWholeNumber(this.read('limit') ?? DEFAULT_LIMIT, {
			label: 'Limit',
			min: 1,
			otherwise: ", or switch 'Return All' on",
		});
	}

	private locator(name: 'organization' | 'project', label: string): string {
		const { mode, value } = readLocator(this.read(name));
		if (typeof value === 'string' && value.startsWith('={{')) {
			// Only the editor's drop-downs see expressions; there is no item yet to work them out.
			throw new InvalidInputError(
				label,
				'is an expression, so there is nothing to list yet',
				`Choose 'By ID' here as well, or enter a fixed ${name}.`,
			);
		}
		if (mode !== 'url') return idOrSlug(label, value);
		refuseExpression(value, label);
		const dsn = typeof value === 'string' ? parseDsn(value, label) : undefined;
		const address = typeof value === 'string' ? parseSentryAddress(value) : undefined;
		// A DSN looks like a page: its project's ID like an organization's slug.
		const part = dsn === undefined || dsn.isPage ? address?.[name] : dsn[`${name}Id`];
		if (part === undefined) {
			throw new InvalidInputError(
				label,
				`is not the address of a Sentry ${name}`,
				`${typeof value === 'string' && value !== '' ? `${quote(value)} does not name one. ` : ''}Paste the address of a page of the ${name}, such as https://acme.sentry.io/projects/web-app/.`,
			);
		}
		return idOrSlug(label, part);
	}
}

/** Reads each parameter once: n8n takes about half a millisecond for an expression. */
function once(read: (name: string) => unknown): (name: string) => unknown {
	const known = new Map<string, unknown>();
	return (name) => {
		if (!known.has(name)) known.set(name, read(name));
		return known.get(name);
	};
}

/** Whether two names can't mean the same: a number and a slug may, and the key itself shows it. */
function isOtherName(one: string | undefined, other: string | undefined): boolean {
	return isNumber(one) === isNumber(other) && differs(one, other);
}
