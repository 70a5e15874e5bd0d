#include "code/map_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

#define DAMPING        0.85
#define MAX_ROUNDS     100
#define CLOSE_ENOUGH   1e-6
#define COMMON_WORD    5  /* more definers: it says little */
#define EVERYDAY_WORD  20 /* more: nothing                 */
#define QUESTION_BOOST 50.0

static void add_reference(struct node *node, uint32_t definition, double weight)
{
	ARRAY_GROW(node->references, node->reference_count,
		   node->reference_cap);
	node->references[node->reference_count++] =
		(struct reference){ definition, (float)weight };
	node->out_weight += weight;
}

/* Everything the file calls by the name of something defined elsewhere. */
static void find_references(struct map *map, uint32_t at)
{
	struct node *node = &map->nodes[at];

	for (size_t i = 0; i < node->words.cap; i++) {
		uint64_t word = node->words.keys[i];
		const uint32_t *last = word ? word_map_find(&map->defined, word)
					    : NULL;
		uint32_t definers;

		if (!last)
			continue;
		definers = *word_map_find(&map->definers, word);
		if (definers > EVERYDAY_WORD)
			continue;
		for (uint32_t d = *last; d;
		     d = map->definitions[d - 1].next_same_word) {
			const struct definition *to = &map->definitions[d - 1];
			double weight = to->weight *
					sqrt(node->words.values[i]);

			if (to->node == at)
				continue;
			if (definers > COMMON_WORD)
				weight *= 0.1;
			if (node->in_question)
				weight *= QUESTION_BOOST;
			add_reference(node, d - 1, weight);
		}
	}
	word_map_release(&node->words);
}

/* Where a walk starts over: at the files in question, else anywhere. */
static void set_pull(struct map *map)
{
	size_t count = 0;

	for (size_t i = 0; i < map->node_count; i++)
		count += map->nodes[i].in_question;
	for (size_t i = 0; i < map->node_count; i++) {
		struct node *node = &map->nodes[i];

		if (count)
			node->pull = node->in_question ? 1.0 / (double)count
						       : 0;
		else
			node->pull = 1.0 / (double)map->node_count;
		node->rank = 1.0 / (double)map->node_count;
	}
}

/* One step of the walk; how much it moved. */
static double walk(struct map *map, double *next)
{
	double lost = 0, moved = 0;

	memset(next, 0, map->node_count * sizeof(*next));
	for (size_t i = 0; i < map->node_count; i++) {
		const struct node *node = &map->nodes[i];
		double share;

		if (node->out_weight <= 0) {
			lost += node->rank;
			continue;
		}
		share = node->rank / node->out_weight;
		for (size_t j = 0; j < node->reference_count; j++) {
			const struct reference *r = &node->references[j];

			next[map->definitions[r->definition].node] +=
				share * (double)r->weight;
		}
	}
	for (size_t i = 0; i < map->node_count; i++) {
		struct node *node = &map->nodes[i];
		double rank = DAMPING * (next[i] + lost * node->pull) +
			      (1 - DAMPING) * node->pull;

		moved += fabs(rank - node->rank);
		node->rank = rank;
	}
	return moved;
}

void map_rank(struct map *map)
{
	double *next;

	if (map->is_ranked || map->node_count == 0)
		return;
	map->is_ranked = true;
	for (size_t i = 0; i < map->node_count; i++)
		find_references(map, (uint32_t)i);
	set_pull(map);
	next = xcalloc(map->node_count, sizeof(*next));
	for (int round = 0; round < MAX_ROUNDS; round++)
		if (walk(map, next) < CLOSE_ENOUGH)
			break;
	free(next);
	for (size_t i = 0; i < map->node_count; i++) {
		const struct node *node = &map->nodes[i];

		for (size_t j = 0; j < node->reference_count; j++) {
			const struct reference *r = &node->references[j];

			map->definitions[r->definition].rank +=
				node->rank * (double)r->weight /
				node->out_weight;
		}
	}
}

static int by_path(const void *a, const void *b)
{
	const struct map_violation *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : strcmp(x->type, y->type);
}

void map_find_violations(struct map_violations *out, const struct map *map)
{
	*out = (struct map_violations){ .items = NULL };
	for (size_t i = 0; i < map->node_count; i++) {
		const struct node *node = &map->nodes[i];

		for (size_t j = 0; j < node->reference_count; j++) {
			const struct definition *to =
				&map->definitions[node->references[j]
							  .definition];
			enum layer layer = layer_of_type(to->name,
							 strlen(to->name));

			/* A name with two owners proves nothing. */
			if (!to->is_type || to->next_same_word ||
			    *word_map_find(&map->definers, to->word) > 1 ||
			    layer_may_use(node->layer, layer))
				continue;
			ARRAY_GROW(out->items, out->len, out->cap);
			out->items[out->len++] = (struct map_violation){
				.path = node->path,
				.other_path = map->nodes[to->node].path,
				.layer = node->layer,
				.other_layer = layer,
				.type = to->name,
			};
		}
	}
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_path);
}

void map_violations_release(struct map_violations *violations)
{
	free(violations->items);
	*violations = (struct map_violations){ .items = NULL };
}
