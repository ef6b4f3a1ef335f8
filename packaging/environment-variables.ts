/** What the agent honours of its environment, for the manual page. */
export const environmentVariables: readonly (readonly [names: readonly string[], meaning: string])[] = [
  [['OCF_RESKEY_NAME'], 'The value of the parameter NAME, such as OCF_RESKEY_eni_id.'],
  [['OCF_RESOURCE_INSTANCE'], 'Name of the resource; default where it is unset.'],
  [
    ['OCF_CHECK_LEVEL'],
    'Check level of monitor and validate-all: 0, 10 or 20. At 10 monitor also asks the metadata service and EC2 whether the ENI is attached here, and validate-all looks at everything that start looks at before it takes the ENI; at 20 monitor also asks the router of the subnet.',
  ],
  [
    ['OCF_RESKEY_CRM_meta_timeout'],
    'Time limit of the action in milliseconds. The agent ends by itself before it, and says what it was waiting for. Unset: the advised timeout.',
  ],
  [
    ['OCF_RESKEY_CRM_meta_name', 'OCF_RESKEY_CRM_meta_interval'],
    'Where neither is set, a person has called the action, and is answered in words on the standard output.',
  ],
  [
    ['OCF_RESKEY_CRM_meta_interval', 'OCF_RESKEY_CRM_meta_role'],
    'A monitor puts back what is missing only with an interval, and not for the role Stopped.',
  ],
  [['OCF_EXIT_REASON_PREFIX'], 'What comes before the reason of a failure, instead of ocf-exit-reason:.'],
  [['HA_RSCTMP'], 'Directory of state and lock. It must be one that a boot empties.'],
  [
    ['HA_LOGFACILITY', 'PCMK_logfacility'],
    'Facility for syslog; daemon where both are unset, none for no syslog.',
  ],
  [
    ['OCF_TRACE_RA', 'OCF_RESKEY_trace_ra'],
    'True: what the action does and says is written to a file of its own, with the time; crm resource trace sets it.',
  ],
  [
    ['OCF_RESKEY_trace_dir', 'HA_VARLIB', 'OCF_TRACE_FILE'],
    'Where that file is: below trace_dir, else below trace_ra in HA_VARLIB, which is /var/lib/heartbeat where it is unset; or the file itself. /dev/stderr: it goes there.',
  ],
  [
    ['OCF_RESKEY_CRM_meta_clone_max', 'OCF_RESKEY_CRM_meta_clone'],
    'Set for a clone, which start and validate-all refuse: one ENI can be on one node only.',
  ],
  [['HA_debug', 'PCMK_debug'], '1, true, yes or on: more is logged. No secret is.'],
  [
    ['PATH'],
    'Where ip, flock and logger are looked for, by its absolute directories; the directories of the system come after them.',
  ],
  [
    ['HTTPS_PROXY', 'ALL_PROXY'],
    'The proxy by which EC2 is called, also in lower case: http://HOST:PORT, https://HOST:PORT, or HOST:PORT, which is the former. The metadata service never is called by it.',
  ],
  [
    ['NO_PROXY'],
    'What is called without it, also in lower case: hosts, domains with all that is in them, with or without a dot before them, addresses, networks, or *; separated by commas. Each can have a port.',
  ],
  [
    ['AWS_CA_BUNDLE'],
    "File of the certification authorities that are trusted, and no others, as for the AWS CLI; so is the profile's ca_bundle, where it is unset. Without both the distribution's store is, with what the following name.",
  ],
  [
    ['SSL_CERT_FILE', 'SSL_CERT_DIR'],
    "File, or directory under hashed names, of certification authorities, instead of the distribution's store.",
  ],
  [['NODE_EXTRA_CA_CERTS'], 'File of further certification authorities, such as that of a proxy.'],
  [
    ['AWS_ENDPOINT_URL_EC2', 'AWS_ENDPOINT_URL'],
    'URL at which EC2 is called, where the parameter endpoint_url is unset.',
  ],
  [
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
    "Credentials, where the parameter profile is unset. Without them AWS's usual sources follow; the last is the role of the instance.",
  ],
  [
    ['AWS_EC2_METADATA_DISABLED'],
    'Set to anything but false: the metadata service is not asked. A start then fails, for nobody else tells which instance this is; monitor goes on; stop takes the service off the node.',
  ],
  [['AWS_PROFILE'], 'Profile, where the parameter profile is unset.'],
  [['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'], 'Where the files of profiles are, instead of ~/.aws.'],
];
