#include "code/secret_kind.h"

#include "core/attr.h"

/* Forms before names before what is of no provider in particular. */
static const struct secret_table *const tables[] = {
	&secret_table_ai,        &secret_table_cloud,
	&secret_table_forge,     &secret_table_service,
	&secret_table_named_app, &secret_table_named_team,
	&secret_table_general,
};

size_t secret_kind_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		count += tables[i]->count;
	return count;
}

const struct secret_kind *secret_kind_at(size_t index)
{
	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		if (index < tables[i]->count)
			return &tables[i]->kinds[index];
		index -= tables[i]->count;
	}
	return NULL;
}
