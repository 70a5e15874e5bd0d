#include "notify/kinds.h"

static const struct notify_ops *const kinds[] = {
	[NOTIFY_SLACK] = &slack_ops,
	[NOTIFY_WEBHOOK] = &webhook_ops,
};

const struct notify_ops *notify_ops_of(enum notify_kind kind)
{
	return kinds[kind];
}

bool notify_may_repeat(enum notify_kind kind)
{
	return kinds[kind]->drops_doubles;
}
