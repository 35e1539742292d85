import type { Dialect } from '../dialect.cts';
import { lengthOf, strip } from '../pythonText.cts';
import { LOADER_OPTIONS } from '../types.cts';

/** Messages by field, nested like the body, as Django REST framework answers them. */
export type FieldErrors = { [field: string]: string[] | FieldErrors };

type Body = Record<string, unknown>;

const USE_CASES = ['user', 'profiling', 'tempest', 'demo'];
/** Taken besides those on offer, because old keys have them. */
const OLD_SDK_VERSIONS = ['latest', '6.x', '5.x', '4.x'];
const NOT_NULL = ['This field may not be null.'];
const PATTERN = /^[a-f0-9]{32}$/;
/** What Django REST framework reads as an integer: no exponent, and a fraction of zeros only. */
const INTEGER = /^\s*[+-]?\d+(?:\.0*)?\s*$/;

/** What both serializers say to a body that is no object. */
export function bodyErrors(body: unknown): FieldErrors | undefined {
	if (body === null) return { non_field_errors: ['No data provided'] };
	if (typeof body === 'object' && !Array.isArray(body)) return undefined;
	return {
		non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(body)}.`],
	};
}

/**
 * Every wrong field of a body for POST at once (ProjectKeyPostSerializer).
 *
 * @param dialect what of it the server reads
 */
export function createErrors(
	body: Body,
	{ publicKeys, checksUseCase }: Pick<Dialect, 'publicKeys' | 'checksUseCase'>,
): FieldErrors {
	return collect({
		name: nameErrors(body.name),
		...(publicKeys === 'honoured' && {
			public: patternErrors(body.public),
			secret: patternErrors(body.secret),
		}),
		rateLimit: 'rateLimit' in body && body.rateLimit === null ? NOT_NULL : rateLimitErrors(body),
		useCase: checksUseCase ? choiceErrors(body, 'useCase', USE_CASES) : undefined,
		...(publicKeys === 'refused' && 'public' in body && { public: ['Unknown field.'] }),
	});
}

/**
 * Every wrong field of a body for PUT at once (ProjectKeyPutSerializer).
 *
 * @param sdkChoices the SDK versions on offer
 */
export function updateErrors(body: Body, sdkChoices: string[]): FieldErrors {
	return collect({
		name: nameErrors(body.name),
		isActive: booleanErrors(body, 'isActive'),
		rateLimit: body.rateLimit === null ? undefined : rateLimitErrors(body),
		browserSdkVersion: choiceErrors(body, 'browserSdkVersion', [
			...sdkChoices,
			...OLD_SDK_VERSIONS,
		]),
		dynamicSdkLoaderOptions: loaderErrors(body.dynamicSdkLoaderOptions),
	});
}

function nameErrors(name: unknown): string[] | undefined {
	if (name === undefined || name === null || typeof name === 'number') return undefined;
	if (typeof name !== 'string') return ['Not a valid string.'];
	if (name.includes('\0')) return ['Null characters are not allowed.'];
	const [surrogate] = /\p{Surrogate}/u.exec(name) ?? [];
	if (surrogate !== undefined) {
		const code = surrogate.charCodeAt(0).toString(16).toUpperCase();
		return [`Surrogate characters are not allowed: U+${code}.`];
	}
	return lengthOf(strip(name)) > 64
		? ['Ensure this field has no more than 64 characters.']
		: undefined;
}

function patternErrors(value: unknown): string[] | undefined {
	if (value === undefined || value === null) return undefined;
	return typeof value === 'string' && PATTERN.test(strip(value))
		? undefined
		: ['This value does not match the required pattern.'];
}

function rateLimitErrors({ rateLimit }: Body): string[] | FieldErrors | undefined {
	if (rateLimit === undefined) return undefined;
	if (typeof rateLimit !== 'object' || rateLimit === null || Array.isArray(rateLimit)) {
		return {
			non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(rateLimit)}.`],
		};
	}
	const { count, window } = rateLimit as Body;
	const errors = collect({ count: integerErrors(count), window: integerErrors(window, 86400) });
	return Object.keys(errors).length === 0 ? undefined : errors;
}

function integerErrors(value: unknown, max = Infinity): string[] | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const isNumber = typeof value === 'string' || typeof value === 'number';
	if (!isNumber || !INTEGER.test(String(value))) return ['A valid integer is required.'];
	const number = Number(value);
	if (number < 0) return ['Ensure this value is greater than or equal to 0.'];
	if (number > max) return [`Ensure this value is less than or equal to ${max}.`];
	return undefined;
}

function booleanErrors(body: Body, field: string): string[] | undefined {
	const value = body[field];
	if (!(field in body)) return undefined;
	if (value === null) return NOT_NULL;
	return toBoolean(value) === undefined ? ['Must be a valid boolean.'] : undefined;
}

function choiceErrors(body: Body, field: string, choices: string[]): string[] | undefined {
	const value = body[field];
	if (!(field in body)) return undefined;
	if (value === null) return NOT_NULL;
	return choices.includes(value as string)
		? undefined
		: [`"${typeof value === 'string' ? value : JSON.stringify(value)}" is not a valid choice.`];
}

function loaderErrors(options: unknown): FieldErrors | undefined {
	if (typeof options !== 'object' || options === null) return undefined;
	const errors = collect(
		Object.fromEntries(
			LOADER_OPTIONS.map((option) => [option, booleanErrors(options as Body, option)]),
		),
	);
	return Object.keys(errors).length === 0 ? undefined : errors;
}

/** The values Django REST framework takes for a boolean; undefined for any other. */
export function toBoolean(value: unknown): boolean | undefined {
	const text = String(value).toLowerCase();
	if (['true', 't', 'yes', 'y', 'on', '1'].includes(text)) return true;
	if (['false', 'f', 'no', 'n', 'off', '0'].includes(text)) return false;
	return undefined;
}

function collect(errors: Record<string, string[] | FieldErrors | undefined>): FieldErrors {
	return Object.fromEntries(
		Object.entries(errors).filter((entry): entry is [string, string[] | FieldErrors] => {
			return entry[1] !== undefined;
		}),
	);
}

function pythonType(value: unknown): string {
	if (Array.isArray(value)) return 'list';
	if (typeof value === 'string') return 'str';
	if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
	return typeof value === 'boolean' ? 'bool' : 'dict';
}
