/** What is not as a document says, and yet right. */
export interface Deviation {
  /** The complaints that it answers. */
  readonly what: RegExp;
  readonly reason: string;
}

const TERRAFORM = 'recorded by okta/terraform-provider-okta';
const PYTHON = 'recorded by okta/okta-sdk-python';
const EXAMPLES = "so in the events that Okta's own documentation shows";
const NEWER = 'the npm package is of 2022: the newer document has it';

/** What was measured wins over what a document says; `npm` is the older of the two. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    what: /^DELETE \/api\/v1\/users\/\{userId\} 204: the answer's status is none of 202 \(npm\)$/,
    reason: `204 is ${TERRAFORM}, and what the newer document says`,
  },
  {
    what: /^DELETE \/api\/v1\/apps\/\{appId\} 204: the answer's status is none of 200 \(npm\)$/,
    reason: `204 is ${TERRAFORM}, and what the newer document says`,
  },
  {
    what: /the answer's \/(\*\/)?realmId is undocumented$/,
    reason: `${PYTHON} since 2025; ${NEWER}`,
  },
  {
    what: /the answer's \/(\*\/)?(_embedded\/user\/)?credentials\/emails is undocumented$/,
    reason: `${TERRAFORM} with every user, in no document`,
  },
  {
    what: /\/apps.* the (answer|body)'s \/(\*\/)?(orn|settings\/manualProvisioning|settings\/oauthClient\/(participate_slo|dpop_bound_access_tokens)) is undocumented$/,
    reason: `${TERRAFORM} with OIDC apps; ${NEWER}`,
  },
  {
    what: /\/groups\/rules.* the answer's \/(\*\/)?allGroupsValid is undocumented$/,
    reason: `${TERRAFORM} with every rule, in no document`,
  },
  {
    what: /the answer\/(\*\/)?profile\/description must be string, not null \(newer\)$/,
    reason: `null where none was given: ${TERRAFORM}`,
  },
  {
    what: /\/apps\/\{appId\}\/users.* the answer\/(\*\/)?externalId must be string, not null \(newer\)$/,
    reason: `null in apps that do not provision: ${TERRAFORM}`,
  },
  {
    what: /\/apps.* the (answer|body)\/(\*\/)?(accessibility\/\w+RedirectUrl|settings\/notes\/\w+|settings\/notifications\/vpn\/\w+|settings\/oauthClient\/(client|logo)_uri) must be string, not null \(newer\)$/,
    reason: `null where none was given, and put back as it was read: ${TERRAFORM}`,
  },
  {
    what: /^GET \/api\/v1\/logs 200: the answer\/\*\/(actor\/detailEntry|authenticationContext\/\w+|client\/\w+|legacyEventType|outcome\/reason|request\/ipChain\/\*\/\w+|target\/\*\/detailEntry) must be (string|object|equal to one of .*), not null \(newer\)$/,
    reason: `null where there is nothing to tell: ${EXAMPLES}`,
  },
  {
    what: /^GET \/api\/v1\/logs 200: the answer's \/\*\/(device|actor\/detailEntry) is undocumented$/,
    reason: `${EXAMPLES}; ${NEWER}, but for the device`,
  },
  {
    what: /\/meta\/schemas\/user.* \/?.*definitions\/(base|custom)\/properties\/\w+\/scope must be object, not string \(npm\)$/,
    reason: 'the package lists SELF and NONE and calls them objects',
  },
  {
    what: /\/meta\/schemas\/user.* the answer's \/description is undocumented$/,
    reason: "so in the schema that Okta's own documentation shows",
  },
  {
    what: /\/meta\/schemas\/user.* (the answer|the body)'s \/definitions\/(base|custom)\/properties\/\w+\/format is undocumented$/,
    reason: NEWER,
  },
  {
    what: /^POST \/api\/v1\/meta\/schemas\/user\/\{schemaId\} 200: the body\/definitions\/custom\/properties\/\w+ must be object, not null \(newer\)$/,
    reason: 'null removes an attribute, as the text of the same operation says',
  },
  {
    what: /the body\/credentials\/password\/hash\/algorithm must be equal to one of the allowed values \(BCRYPT, SHA-512, SHA-256, SHA-1, MD5\), not string \(npm\)$/,
    reason: `PBKDF2: ${NEWER}`,
  },
  {
    what: /^POST \/api\/v1\/apps\/\{appId\}\/credentials\/secrets 201: the body is missing \(npm\)$/,
    reason: 'the newer document does not ask for it: Okta makes a secret up',
  },
  {
    what: /^POST \/api\/v1\/users 400: the body\/profile\/\w+ must (be null, not string|NOT have (more|fewer) than \d+ characters) \(newer\)$/,
    reason: "people's data is Okta's to judge: what it refuses is that person's failure",
  },
  {
    what: /^(POST .*\/lifecycle\/\w+ 200|DELETE \/api\/v1\/groups\/rules\/\{ruleId\} 202): the answer \{\} is undocumented$/,
    reason: `an empty object is ${PYTHON} and others with every one of these`,
  },
  {
    what: /^POST \/api\/v1\/users\/\{userId\}\/lifecycle\/activate \S+: the parameter sendEmail is missing$/,
    reason: 'true where it is left out, says the newer document',
  },
  {
    what: /^(POST|PUT) \/api\/v1\/apps(\/\{appId\})? \S+: the body\/name must not be there \((npm|newer)\)$/,
    reason: `it says what kind of app is wanted: ${TERRAFORM}`,
  },
  {
    what: /^POST \/api\/v1\/meta\/schemas\/user\/\{schemaId\} 200: the body\/definitions\/custom\/(id|type) must not be there \((npm|newer)\)$/,
    reason: "so in the requests that Okta's own documentation shows",
  },
  {
    what: /^PUT \/api\/v1\/(apps\/\{appId\}|groups\/rules\/\{ruleId\}) \S+: the body\/(id|orn|status|created|lastUpdated|features|_embedded|_links(\/.*)?) must not be there \((npm|newer)\)$/,
    reason: "put back as it was read: so Okta's own client does",
  },
  {
    what: /^GET \/api\/v1\/apps\/\{appId\}\/features 200: the answer's \/\*\/capabilities\/import(Rules|Settings) is undocumented$/,
    reason: NEWER,
  },
  {
    what: /the body's \/credentials\/password\/hash\/(digestAlgorithm|iterationCount|keySize) is undocumented$/,
    reason: `PBKDF2: ${NEWER}`,
  },
];
