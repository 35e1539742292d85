import { readAddress } from '../sentry/baseUrl';
import { InvalidInputError } from '../sentry/errors';
import { isRecord } from '../sentry/json';
import {
	isBlank,
	numberAsText,
	readSwitch,
	readWholeNumber,
	refuseExpression,
} from '../sentry/values';
import { OPTION_RANGES, SWITCH_LABELS } from './options';

/** The entries of the panel's Options for one input item, checked as they are read. */
export class ItemOptions {
	/**
	 * @param read the collection, its expressions worked out
	 * @param readRaw the same before that
	 */
	constructor(
		private readonly read: () => unknown,
		private readonly readRaw: () => unknown,
	) {}

	/** An entry of the Options collection; undefined unless the user added it. */
	value(name: string): unknown {
		const options = this.read();
		return isRecord(options) ? options[name] : undefined;
	}

	/**
	 * What DSNs are to name in place of Sentry's own address, without a trailing slash; undefined unless
	 * the user added the option and did not leave it empty.
	 *
	 * @throws InvalidInputError if it is no http or https address, or an expression gave nothing
	 */
	get dsnAddress(): string | undefined {
		const raw = this.readRaw();
		const address = this.value('dsnAddress');
		const isGiven = isRecord(raw) ? (raw.dsnAddress ?? '') !== '' : address !== undefined;
		if (!isGiven) return undefined;
		const label = 'Options > DSN Address';
		refuseExpression(address, label);
		const { origin, pathname } = readAddress(
			address,
			label,
			"Enter the address that apps send their events to, such as 'https://relay.example.com'.",
		);
		return origin + pathname.replace(/\/+$/, '');
	}

	/**
	 * The Idempotency Key, trimmed; undefined if the user did not add the option.
	 *
	 * @throws InvalidInputError if it was added and holds no text: without it, a repeat would make a
	 * second key
	 */
	get idempotencyKey(): string | undefined {
		const options = this.read();
		if (!isRecord(options) || !('idempotencyKey' in options)) return undefined;
		const label = 'Options > Idempotency Key';
		const value = options.idempotencyKey;
		if (typeof value === 'number' && !Number.isSafeInteger(value)) {
			// Two long numbers may be the same one after rounding, and so may two that are none.
			throw new InvalidInputError(
				label,
				'is a number that is not exact',
				'Hand it over as text, as it stood in its source: longer whole numbers than 9007199254740991 lose digits.',
			);
		}
		const text = numberAsText(value);
		refuseExpression(text, label);
		if (typeof text === 'string' && !isBlank(text)) return text.trim();
		throw new InvalidInputError(
			label,
			'is empty or no text',
			'Enter text that names the job, or remove the option. If the value is an expression, check that the input item has the field it refers to.',
		);
	}

	/**
	 * An option that is on or off; undefined unless the user added it.
	 *
	 * @throws InvalidInputError if it is neither
	 */
	switch(name: keyof typeof SWITCH_LABELS): boolean | undefined {
		const options = this.read();
		if (!isRecord(options) || !(name in options)) return undefined;
		const label = `Options > ${SWITCH_LABELS[name]}`;
		const isOn = readSwitch(options[name], label);
		if (isOn !== undefined) return isOn;
		// Added, but without a value: nothing to guess about, least of all whether to show secrets.
		throw new InvalidInputError(label, 'is neither true nor false', 'Enter true or false.');
	}

	/** @throws InvalidInputError if it is not a whole number in the option's range */
	number(name: keyof typeof OPTION_RANGES): number {
		const { label, default: fallback, min, max } = OPTION_RANGES[name];
		return readWholeNumber(this.value(name) ?? fallback, {
			label: `Options > ${label}`,
			min,
			max,
			otherwise: `, or remove the option to use ${fallback}`,
		});
	}
}
