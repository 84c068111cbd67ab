"""What all SQL databases share: a store in SQLAlchemy Core, and what a dialect must add to it.

A backend is a folder beside this one. Files of the same name hold its part: `database` (how it is
opened, and how its failures become errors of the house), `expressions` (SQL that differs), `texts`
(where words are looked up), `vectors` (where vectors are compared), `check` and `store`.
"""
