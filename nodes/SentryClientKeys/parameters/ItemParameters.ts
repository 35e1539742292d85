import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { parseSentryAddress } from '../sentry/address';
import { keyIdOfDsn } from '../sentry/keys/dsn';
import { InvalidInputError } from '../sentry/errors';
import { isRecord } from '../sentry/json';
import { pathSegment, quote } from '../sentry/paths';
import { OPTION_RANGES, SWITCH_LABELS } from './options';
import { DEFAULT_LIMIT } from './returnAll';

/**
 * The node's parameters for one input item, checked as they are read: n8n enforces the editor's
 * ranges and required marks nowhere else, and an expression can return anything.
 */
export class ItemParameters {
	constructor(private readonly read: (name: string) => unknown) {}

	static ofItem(node: IExecuteFunctions, itemIndex: number): ItemParameters {
		return new ItemParameters((name) => node.getNodeParameter(name, itemIndex, null) as unknown);
	}

	/** As they are in the editor, where there is no item yet. */
	static ofEditor(node: ILoadOptionsFunctions): ItemParameters {
		return new ItemParameters((name) => node.getCurrentNodeParameter(name) as unknown);
	}

	/** @throws InvalidInputError if it is missing or no ID or slug */
	get organization(): string {
		return this.locator('organization', 'Organization');
	}

	/** @throws InvalidInputError if it is missing or no ID or slug */
	get project(): string {
		return this.locator('project', 'Project');
	}

	/** Undefined if it was left empty: the whole organization. */
	get optionalProject(): string | undefined {
		const { value } = readLocator(this.read('project'));
		return typeof value === 'string' && value.trim() === '' ? undefined : this.project;
	}

	/**
	 * The ID of the chosen key, which a DSN holds as well.
	 *
	 * @throws InvalidInputError if it is missing, no ID and no DSN
	 */
	get keyId(): string {
		const label = 'Client Key';
		const { mode, value } = readLocator(this.read('clientKey'));
		if (typeof value !== 'string' || (mode !== 'dsn' && !value.includes('://'))) {
			pathSegment(label, value);
			return String(value).trim();
		}
		const keyId = keyIdOfDsn(value);
		if (keyId === undefined) {
			// The text is not quoted: an old DSN holds the key's secret.
			throw new InvalidInputError(
				label,
				value.trim() === '' ? 'is empty' : 'is not a DSN',
				'Paste the whole DSN, such as https://0123456789abcdef0123456789abcdef@o1.ingest.us.sentry.io/42, or choose the key by its ID.',
			);
		}
		pathSegment(label, keyId);
		return keyId;
	}

	/** A parameter as it is; undefined where there is none. */
	value(name: string): unknown {
		return this.read(name);
	}

	/** An entry of the Options collection; undefined unless the user added it. */
	option(name: string): unknown {
		const options = this.read('options');
		return isRecord(options) ? options[name] : undefined;
	}

	/**
	 * The Idempotency Key, trimmed; undefined if the user did not add the option.
	 *
	 * @throws InvalidInputError if it was added and holds no text: without it, a repeat would make a
	 * second key
	 */
	get idempotencyKey(): string | undefined {
		const options = this.read('options');
		if (!isRecord(options) || !('idempotencyKey' in options)) return undefined;
		const value = options.idempotencyKey;
		const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
		if (text !== '') return text;
		throw new InvalidInputError(
			'Options > Idempotency Key',
			'is empty or no text',
			'Enter text that names the job, or remove the option. If the value is an expression, check that the input item has the field it refers to.',
		);
	}

	/**
	 * An option that is on or off; undefined unless the user added it.
	 *
	 * @throws InvalidInputError if it is neither
	 */
	switchOption(name: keyof typeof SWITCH_LABELS): boolean | undefined {
		const options = this.read('options');
		if (!isRecord(options) || !(name in options)) return undefined;
		// Added, but without a value: nothing to guess about, least of all whether to show secrets.
		return readSwitch(
			options[name] === '' ? 'no value' : (options[name] ?? 'no value'),
			`Options > ${SWITCH_LABELS[name]}`,
		);
	}

	/** @throws InvalidInputError if it is not a whole number in the option's range */
	numberOption(name: keyof typeof OPTION_RANGES): number {
		const { label, default: fallback, min, max } = OPTION_RANGES[name];
		return wholeNumber(this.option(name) ?? fallback, {
			label: `Options > ${label}`,
			min,
			max,
			otherwise: `, or remove the option to use ${fallback}`,
		});
	}

	/**
	 * How many results are wanted at most; undefined for all.
	 *
	 * @throws InvalidInputError if it is not a whole number of at least 1
	 */
	get limit(): number | undefined {
		if (isTrue(this.read('returnAll'))) return undefined;
		return wholeNumber(this.read('limit') ?? DEFAULT_LIMIT, {
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
				`Choose 'By ID or Slug' here as well, or enter a fixed ${name}.`,
			);
		}
		if (mode !== 'url') {
			pathSegment(label, value);
			return String(value).trim();
		}
		const address = typeof value === 'string' ? parseSentryAddress(value) : undefined;
		const part = address?.[name];
		if (part === undefined) {
			throw new InvalidInputError(
				label,
				`is not the address of a Sentry ${name}`,
				`${typeof value === 'string' && value !== '' ? `${quote(value)} does not name one. ` : ''}Paste the address of a page of the ${name}, such as https://acme.sentry.io/projects/web-app/.`,
			);
		}
		pathSegment(label, part);
		return part;
	}
}

function readLocator(parameter: unknown): { mode: unknown; value: unknown } {
	return isRecord(parameter)
		? { mode: parameter.mode, value: parameter.value }
		: { mode: 'id', value: parameter };
}

/** Expressions often return text where the field wants a number or a switch. */
export function isTrue(value: unknown): boolean {
	return value === true || value === 'true';
}

/**
 * A switch, also as text; undefined for none.
 *
 * @throws InvalidInputError if it is neither true nor false
 */
export function readSwitch(value: unknown, label: string): boolean | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	if (typeof value === 'boolean') return value;
	if (value === 'true' || value === 'false') return value === 'true';
	throw new InvalidInputError(label, 'is neither true nor false', 'Enter true or false.');
}

function wholeNumber(
	value: unknown,
	{
		label,
		min,
		max = Infinity,
		otherwise,
	}: { label: string; min: number; max?: number; otherwise: string },
): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
		const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`;
		throw new InvalidInputError(
			label,
			`is not a whole number ${range}`,
			`Enter a whole number ${range}${otherwise}.`,
		);
	}
	return number;
}
