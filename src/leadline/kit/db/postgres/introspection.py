"""The queries for the tables of a PostgreSQL database."""

from leadline.kit.db import IntrospectionQueries

_OURS = "t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace"

INTROSPECTION = IntrospectionQueries(
    columns=f"""
        SELECT t.relname, c.attname, NOT c.attnotnull
        FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
        WHERE {_OURS} ORDER BY t.relname, c.attnum""",
    keys=f"""
        SELECT t.relname, i.relname, c.attname, x.indisprimary
        FROM pg_index AS x JOIN pg_class AS t ON t.oid = x.indrelid JOIN pg_class AS i ON i.oid = x.indexrelid
        CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS part (number, place)
        JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = part.number
        WHERE {_OURS} AND x.indisunique AND x.indpred IS NULL AND x.indexprs IS NULL
        ORDER BY t.relname, i.relname, part.place""",
    references=f"""
        SELECT t.relname, c.attname, target.relname, there.attname
        FROM pg_constraint AS r
        JOIN pg_class AS t ON t.oid = r.conrelid JOIN pg_class AS target ON target.oid = r.confrelid
        JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = r.conkey[1]
        JOIN pg_attribute AS there ON there.attrelid = target.oid AND there.attnum = r.confkey[1]
        WHERE {_OURS} AND r.contype = 'f' ORDER BY 1, 2""",
)
