"""Which output stands left: a seeded coin first, then the opposite of what she last saw of this pair.

Sides are balanced per pair of *systems*, so that no system is favoured by the left for any one rater. All of it
is SQL, because a showing is claimed in one statement; `t` is the task, and the parameters are study, rater,
rater_uuid and seed.
"""

# Whether the system with the lower id stood left when she last saw this pair; null if she never did. Inserted
# showings do not count: a mirrored retest would turn two ordinary ones in a row to the same side.
_LAST_LOW_ON_LEFT = """
    (SELECT l.a_on_left = (lt.system_a_id = lt.system_low)
     FROM rating_assignment l JOIN rating_task lt ON lt.id = l.task_id
     WHERE l.study_id = %(study)s AND l.rater_id = %(rater)s
       AND l.system_low = t.system_low AND l.system_high = t.system_high
       AND l.shown_at IS NOT NULL AND l.a_on_left IS NOT NULL
       AND l.purpose NOT IN ('gold', 'retest', 'training')
     ORDER BY l.shown_at DESC LIMIT 1)
"""

# Reproducible from what an export holds, and unknown to whoever does not know the seed.
_COIN = """
    (get_byte(sha256(convert_to(
        concat_ws(':', %(seed)s::bigint, %(rater_uuid)s::uuid, t.system_low, t.system_high), 'UTF8')), 0) & 1) = 1
"""

# A rubric shows one output: there is no side.
A_ON_LEFT = f"""
    CASE WHEN t.output_b_id IS NOT NULL THEN
        coalesce(NOT {_LAST_LOW_ON_LEFT}, {_COIN}) = (t.system_a_id = t.system_low)
    END
"""
