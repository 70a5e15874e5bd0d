#ifndef CORE_LIMITS_H
#define CORE_LIMITS_H

/*
 * How much we take from outside, in one place. Each is a bound on bytes,
 * items or milliseconds of something that a stranger can make large.
 */

#define KIB (1024L)
#define MIB (1024L * 1024L)

/* JSON documents: replies of forges and providers, records. */
#define LIMIT_JSON_BYTES (16 * MIB)
#define LIMIT_JSON_DEPTH 128
#define LIMIT_JSON_ITEMS 1000000L

/* Configuration and workflow files. */
#define LIMIT_CONFIG_BYTES   (1 * MIB)
#define LIMIT_CONFIG_LINE    (64 * KIB)
#define LIMIT_WORKFLOW_BYTES (256 * KIB)
#define LIMIT_YAML_DEPTH     32
#define LIMIT_SECRET_BYTES   (64 * KIB)
#define LIMIT_MISTAKES       500 /* kept of one reading */
#define LIMIT_WORKFLOW_ITEMS 100 /* agents, phases, conditions ... */

/* Changesets. */
#define LIMIT_BLOB_BYTES        (1 * MIB)  /* larger files are not diffed  */
#define LIMIT_CHANGED_FILES     50000      /* more files are an error      */
#define LIMIT_DIFF_LINES        1000000    /* lines kept of one changeset  */
#define LIMIT_DIFF_BYTES        (64 * MIB) /* and their bytes              */
#define LIMIT_TREES_WALKED      1000000    /* folders compared             */
#define LIMIT_TREE_DEPTH        128        /* folders in folders           */
#define LIMIT_TREE_BYTES        (64 * MIB) /* of one folder as an object   */
#define LIMIT_PATH_BYTES        4096
#define LIMIT_LFS_POINTER_BYTES 1024
#define LIMIT_RENAME_PAIRS      40000 /* more are not compared by content  */
#define LIMIT_COPY_PAIRS        4000
#define LIMIT_PATTERN_BYTES     1024
#define LIMIT_PATTERN_BRACES    256 /* alternatives one pattern may mean   */
#define LIMIT_PATTERN_EXPANDED  (32 * KIB) /* and their bytes together      */
#define LIMIT_ATTRIBUTES_BYTES  (256 * KIB)

/* Regular expressions, of rules and conditions. */
#define LIMIT_REGEX_BYTES (4 * KIB)
#define LIMIT_REGEX_HEAP  (8 * MIB) /* memory of one match */

#define LIMIT_GUIDANCE_BYTES (24 * KIB) /* of each AGENTS.md and such  */

/* AI services. */
#define LIMIT_REQUEST_BYTES (16 * MIB)  /* of a body sent     */
#define LIMIT_REPLY_BYTES   (16 * MIB)  /* of a body received */
#define LIMIT_ANSWER_BYTES  (4 * MIB)   /* of the text in it  */
#define LIMIT_REPAIR_BYTES  (256 * KIB) /* longer ones are not sent back */
#define LIMIT_BATCH_BYTES   (64 * MIB)  /* of a batch's questions */
#define LIMIT_RESULTS_BYTES (256 * MIB) /* of a batch's results */
#define LIMIT_CACHE_ENTRIES 20000
#define LIMIT_CACHE_BYTES   (512 * MIB) /* where nothing else is said */
#define LIMIT_CACHE_AGE_S   (30L * 24 * 3600)

/* What the offline service reads of a repository. */
#define LIMIT_TREE_FILES  200000     /* files listed       */
#define LIMIT_TESTS_BYTES (32 * MIB) /* tests read in all  */

/* `referee scan` and `symbols`. */
#define LIMIT_SCAN_FILES    200000     /* of one work tree or folder   */
#define LIMIT_SCAN_BYTES    (64 * MIB) /* larger files are not read    */
#define LIMIT_SCAN_RULES    (8 * MIB)  /* in larger ones: secrets only */
#define LIMIT_SCAN_FINDINGS 10000      /* the rest is counted          */
#define LIMIT_SCAN_QUOTE    400        /* bytes of a line shown        */

/* Rules of a project. */
#define LIMIT_RULES         1000
#define LIMIT_RULE_FILES    100
#define LIMIT_RULE_ID       60L
#define LIMIT_RULE_TEXT     2000L
#define LIMIT_RULE_LINES    40         /* that one match may span        */
#define LIMIT_RULE_LINE     4096       /* longer lines are not looked at */
#define LIMIT_RULE_WINDOW   (16 * KIB) /* text one match may span        */
#define LIMIT_RULE_FILE_MS  2000       /* of computing, a rule on a file  */
#define LIMIT_RULE_BASELINE 100000     /* lines                          */
/* Understanding code. */
#define LIMIT_OUTLINE_BYTES (64 * MIB) /* larger files have no outline */
#define LIMIT_SYMBOLS       200000     /* of one file                  */
#define LIMIT_SIGNATURE     400        /* bytes shown of a declaration */
#define LIMIT_TEST_FILES    5000       /* read to learn what they test */
#define LIMIT_MAP_FILES     60000
#define LIMIT_MAP_BYTES     (256 * MIB)

/* Coverage reports. */
#define LIMIT_COVERAGE_BYTES   (64 * MIB)
#define LIMIT_COVERAGE_FILES   100000
#define LIMIT_COVERAGE_LINES   10000000
#define LIMIT_COVERAGE_DEPTH   64
#define LIMIT_COVERAGE_WAIT_MS 120000 /* of a command that prints one */
#define LIMIT_COVERAGE_BEHIND  50 /* commits back to one that was measured */

#define LIMIT_PREVIEW_BYTES (1024 * MIB) /* the prompts of a dry run */

#define LIMIT_BACKTEST_CHANGES 20000 /* of a history */

/* Results. */
#define LIMIT_NOTE_BYTES     (256 * KIB)
#define LIMIT_RECORD_BYTES   (4 * MIB)
#define LIMIT_FINDINGS       1000       /* kept of one run */
#define LIMIT_RUN_FILES      2000000    /* files of all records */
#define LIMIT_STATE_BYTES    (8 * MIB)  /* of a pull */
#define LIMIT_PREVIOUS_BYTES (16 * KIB) /* of findings told to agents */
#define LIMIT_STATE_ITEMS    10000      /* of each list in it */
#define LIMIT_STATE_FILES    1000000
#define LIMIT_SEGMENT_BYTES  (4 * MIB)  /* of the ledger */
#define LIMIT_JOURNAL_BYTES  (64 * MIB) /* of one process */
#define LIMIT_REQUESTS       1000       /* refs that ask for a run, at once */
#define LIMIT_RECORD_TEXTS   1000 /* items of a list of texts in a state */
#define LIMIT_DOCUMENT_BYTES (24 * KIB) /* shown of one in a comment */
#define LIMIT_FINDING_TITLE  200
#define LIMIT_FINDING_BODY   4000

/* Trees. */
#define LIMIT_JOINED_NOTE_BYTES (4 * MIB) /* two notes on one commit */

/* HTTP. */
#define LIMIT_HTTP_URL_BYTES     (8 * KIB)
#define LIMIT_HTTP_HEADER_BYTES  (256 * KIB) /* of one reply, all together */
#define LIMIT_HTTP_HEADERS       64          /* of one request             */
#define LIMIT_HTTP_DISCARD_BYTES (1 * MIB)   /* body of a redirect         */
#define LIMIT_HTTP_REDIRECTS     10
/* Searching for credentials and personal data. */
#define LIMIT_SECRET_LINE     2048       /* longer lines are read in windows */
#define LIMIT_SECRET_WINDOW   (8 * KIB)  /* around one suspicion             */
#define LIMIT_PRIVATE_KEY     (32 * KIB) /* from its BEGIN to its END        */
#define LIMIT_PREFILTER_BYTES (16 * MIB) /* compiled patterns on disk */

/* What git remotes send. */
#define LIMIT_REMOTE_REFS       1000000     /* of one listing           */
#define LIMIT_REMOTE_LIST_BYTES (256 * MIB) /* the same, in bytes       */
#define LIMIT_REMOTE_PACK_BYTES (8192 * MIB)
#define LIMIT_REMOTE_TEXT_BYTES (4 * KIB) /* messages for people      */
#define LIMIT_REF_NAME_BYTES    1024
#define LIMIT_PUSH_BYTES        (256 * MIB) /* what we send at once     */

/* Messages to people and programs. */
#define LIMIT_NOTIFY_BYTES       (1 * MIB)  /* of one that is sent      */
#define LIMIT_NOTIFY_REPLY_BYTES (64 * KIB) /* of what is said to it    */

/* Children and waiting. */
#define LIMIT_CHILD_OUTPUT_BYTES (4 * MIB)
#define LIMIT_TEST_OUTPUT_BYTES  (16 * MIB)
#define LIMIT_LOG_LINE           (8 * KIB)
#define LIMIT_SECRET_WAIT_MS     30000

#endif /* CORE_LIMITS_H */
