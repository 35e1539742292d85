const { SentryClientKeysApi } = require('./dist/credentials/SentryClientKeysApi.credentials.js');
const { SentryClientKeys } = require('./dist/nodes/SentryClientKeys/SentryClientKeys.node.js');

module.exports = { SentryClientKeys, SentryClientKeysApi };
