#ifndef WORKFLOW_FOLD_H
#define WORKFLOW_FOLD_H

#include "store/record.h"

/**
 * Folds what several agents say of the same place and matter into one finding
 * that names them all: the same file, overlapping lines, and the same rule, the
 * same fingerprint or much the same title. The graver severity and the longer
 * text stay. Sorts the list.
 */
void findings_fold(struct finding_list *list);

#endif /* WORKFLOW_FOLD_H */
