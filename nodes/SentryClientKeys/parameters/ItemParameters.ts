import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';

import { parseSentryAddress } from '../sentry/address';
import { InvalidInputError } from '../sentry/errors';
import { isRecord } from '../sentry/json';
import { pathSegment, quote } from '../sentry/paths';
import { OPTION_RANGES } from './options';

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

	/** A parameter as it is; undefined where there is none. */
	value(name: string): unknown {
		return this.read(name);
	}

	/** An entry of the Options collection; undefined unless the user added it. */
	option(name: string): unknown {
		const options = this.read('options');
		return isRecord(options) ? options[name] : undefined;
	}

	/** An option that takes text: trimmed, and undefined if that leaves nothing. */
	textOption(name: string): string | undefined {
		const value = this.option(name);
		const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
		return text === '' ? undefined : text;
	}

	/** @throws InvalidInputError if it is not a whole number in the option's range */
	numberOption(name: keyof typeof OPTION_RANGES): number {
		const { label, default: fallback, min, max } = OPTION_RANGES[name];
		const value = this.option(name) ?? fallback;
		const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
		if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
			throw new InvalidInputError(
				`Options > ${label}`,
				`is not a whole number from ${min} to ${max}`,
				`Enter a whole number from ${min} to ${max}, or remove the option to use ${fallback}.`,
			);
		}
		return number;
	}

	private locator(name: 'organization' | 'project', label: string): string {
		const parameter = this.read(name);
		const { mode, value } = isRecord(parameter)
			? { mode: parameter.mode, value: parameter.value }
			: { mode: 'id', value: parameter };
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
