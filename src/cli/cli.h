#ifndef CLI_CLI_H
#define CLI_CLI_H
#endif /* CLI_CLI_H */
