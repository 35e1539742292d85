const { SentryClientKeysApi } = require('./dist/credentials/SentryClientKeysApi.credentials.js');
const {
	SentryClientKeysOAuth2Api,
} = require('./dist/credentials/SentryClientKeysOAuth2Api.credentials.js');
const { SentryClientKeys } = require('./dist/nodes/SentryClientKeys/SentryClientKeys.node.js');

module.exports = { SentryClientKeys, SentryClientKeysApi, SentryClientKeysOAuth2Api };
