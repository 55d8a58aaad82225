-- What everybody may know of an event's runs. From the freeze on, and until the event is closed, what was so at the
-- freeze: runs that came later are left out, and verdicts that came later have not been given.

CREATE FUNCTION drill_board(event text) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
#variable_conflict use_variable
DECLARE
  e public.events;
  planned timestamptz;
  until timestamptz := 'infinity';
BEGIN
  SELECT * INTO e FROM public.events x WHERE x.id = event OR x.name = event;
  IF e.id IS NULL THEN PERFORM public.refuse('there is no such event here; `drill event status` lists them'); END IF;
  IF e.state <> 'closed' THEN
    planned := to_timestamp(nullif((e.spec::jsonb ->> 'freeze')::bigint, 0) / 1000.0);
    until := least(e.frozen_at, planned);
    IF until IS NULL OR until > clock_timestamp() THEN until := 'infinity'; END IF;
  END IF;
  RETURN json_build_object(
    'now', (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    'teams', (SELECT coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'bracket', t.bracket)
                                       ORDER BY t.name), '[]') FROM public.teams t WHERE t.event_id = e.id),
    'results', (
      SELECT coalesce(json_agg(json_build_object(
        'run', r.id, 'team', a.team_id, 'level', a.level, 'seed', a.seed_index,
        'began', (extract(epoch FROM a.started_at) * 1000)::bigint,
        'received', (extract(epoch FROM r.received_at) * 1000)::bigint, 'late', r.late,
        'verified', v.verified, 'entry', v.entry, 'pace', v.pace, 'points', v.points, 'won', v.won,
        'judged', (extract(epoch FROM v.judged_at) * 1000)::bigint) ORDER BY r.received_at, r.id), '[]')
      FROM public.runs r JOIN public.attempts a ON a.id = r.id
      LEFT JOIN public.verdicts v ON v.run = r.id AND v.judged_at <= until
      WHERE r.event_id = e.id AND r.received_at <= until));
END $$;

-- The text of a hint that the own team has bought in this run.
CREATE FUNCTION drill_hint_text(run text, hint text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT (s.levels::jsonb ->> a.level)::jsonb #>> ARRAY['hints', hint, 'text']
  FROM public.attempts a JOIN public.event_secrets s ON s.event_id = a.event_id
  WHERE a.id = run AND a.team_id = public.my_team()
    AND EXISTS (SELECT 1 FROM public.hints h WHERE h.run = a.id AND h.hint = drill_hint_text.hint)
$$;

REVOKE EXECUTE ON FUNCTION drill_board(text), drill_hint_text(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drill_board(text), drill_hint_text(text, text) TO player, organizer;
