-- Who may do what. All players of a server share the role `player`; who one of them is says the token of `drill.token`,
-- which is set for each connection. A row is a team's own when the token's member belongs to that team.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, player;
GRANT USAGE ON SCHEMA public TO player, organizer;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- ---- who is asking ---------------------------------------------------------------------------------------------------

CREATE FUNCTION my_member() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT id FROM public.members
  WHERE token_hash = encode(sha256(convert_to(nullif(current_setting('drill.token', true), ''), 'UTF8')), 'hex')
$$;

CREATE FUNCTION my_team() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT ref FROM public.members WHERE id = public.my_member() AND kind = 'team'
$$;

CREATE FUNCTION my_event() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT event_id FROM public.teams WHERE id = public.my_team()
$$;

-- Begun as announced, or by hand; not closed and not past its end. The server's clock decides.
CREATE FUNCTION event_begun(event text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT state <> 'announced' FROM public.events WHERE id = event
$$;

CREATE FUNCTION event_over(event text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT state = 'closed' OR coalesce(closes_at <= clock_timestamp(), false) FROM public.events WHERE id = event
$$;

-- ---- what a run's row may not say of itself ------------------------------------------------------------------------

CREATE FUNCTION stamp_run() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  NEW.received_at := clock_timestamp();
  NEW.late := coalesce(public.event_over(NEW.event_id), false);
  RETURN NEW;
END $$;
CREATE TRIGGER stamp_run BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION stamp_run();

CREATE FUNCTION stamp_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.received_at := clock_timestamp();
  RETURN NEW;
END $$;
CREATE TRIGGER stamp_head BEFORE INSERT ON heads FOR EACH ROW EXECUTE FUNCTION stamp_head();

ALTER TABLE runs ADD CONSTRAINT runs_bounded CHECK (
  length(id) <= 64 AND length(level) <= 200 AND length(gameplay) <= 200 AND length(engine) <= 40
  AND length(seed) <= 80 AND length(operator) <= 200 AND length(started) <= 40 AND length(ended) <= 40
  AND length(rows) <= 20000 AND length(log) <= 1000 AND length(digest) <= 200 AND octet_length(content) <= 4000000);
ALTER TABLE heads ADD CONSTRAINT heads_bounded CHECK (n >= 0 AND t >= 0 AND length(head) <= 200);

-- ---- news: the channel `drill` carries the id of the event that something changed in -------------------------------

CREATE FUNCTION tell_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE event text;
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'events' THEN event := NEW.id;
    WHEN 'verdicts' THEN SELECT event_id INTO event FROM public.runs WHERE id = NEW.run;
    ELSE event := NEW.event_id;
  END CASE;
  IF event IS NOT NULL THEN PERFORM pg_notify('drill', event); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER tell_event AFTER INSERT OR UPDATE ON events FOR EACH ROW EXECUTE FUNCTION tell_event();
CREATE TRIGGER tell_run AFTER INSERT ON runs FOR EACH ROW EXECUTE FUNCTION tell_event();
CREATE TRIGGER tell_attempt AFTER INSERT ON attempts FOR EACH ROW EXECUTE FUNCTION tell_event();
CREATE TRIGGER tell_verdict AFTER INSERT OR UPDATE ON verdicts FOR EACH ROW EXECUTE FUNCTION tell_event();

-- ---- what a player asks for ------------------------------------------------------------------------------------------
-- Refusals carry SQLSTATE DR001; their text is for people.

CREATE FUNCTION refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'DR001', MESSAGE = why;
END $$;

-- A name without control, zero-width and bidirectional characters, on one line, of at most 40 characters.
CREATE FUNCTION clean_name(given text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT left(btrim(regexp_replace(regexp_replace(coalesce(given, ''),
    E'[\\u0001-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]', '', 'g'),
    '\s+', ' ', 'g')), 40)
$$;

CREATE FUNCTION drill_join(code text, name text, role text DEFAULT '') RETURNS json LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
  wanted text := upper(regexp_replace(coalesce(code, ''), '[^A-Za-z0-9]', '', 'g'));
  called text := public.clean_name(name);
  found public.codes;
  member text := gen_random_uuid();
  token text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
  place json;
BEGIN
  SELECT * INTO found FROM public.codes c WHERE c.code = wanted AND coalesce(c.expires_at > clock_timestamp(), true)
    FOR UPDATE;
  IF found.code IS NULL THEN
    PERFORM pg_sleep(1);  -- guessing takes time
    PERFORM public.refuse('that code is not known here, or no longer; ask whoever gave it to you');
  END IF;
  IF called = '' THEN PERFORM public.refuse('a name of visible characters is needed; use --name'); END IF;
  IF (SELECT count(*) FROM public.members m WHERE m.ref = found.ref) >= 200 THEN
    PERFORM public.refuse('200 people have joined with that code already; ask the organizer');
  END IF;
  IF found.kind = 'team' THEN
    SELECT json_build_object('event', e.name, 'event_id', e.id, 'team', t.name, 'bracket', t.bracket) INTO place
    FROM public.teams t JOIN public.events e ON e.id = t.event_id WHERE t.id = found.ref;
  ELSE
    place := '{}';
  END IF;
  INSERT INTO public.members (id, kind, ref, name, role, token_hash) VALUES (member, found.kind, found.ref, called,
    public.clean_name(role), encode(sha256(convert_to(token, 'UTF8')), 'hex'));
  RETURN (json_build_object('kind', found.kind, 'ref', found.ref, 'member', member, 'name', called, 'token', token)::jsonb
    || place::jsonb)::json;
END $$;

CREATE FUNCTION drill_start(event text, level text, seed_index integer, run text) RETURNS json LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
#variable_conflict use_variable
DECLARE
  team text := public.my_team();
  e public.events;
  l public.event_levels;
  allowed integer;
  seed text;
BEGIN
  PERFORM 1 FROM public.teams WHERE id = team AND event_id = event FOR UPDATE;  -- one attempt of a team at a time
  IF NOT FOUND THEN PERFORM public.refuse('you are in no team of this event; join with `drill join CODE`'); END IF;
  SELECT * INTO e FROM public.events WHERE id = event;
  IF e.state = 'announced' THEN PERFORM public.refuse('this event has not begun'); END IF;
  IF public.event_over(event) THEN PERFORM public.refuse('this event has ended'); END IF;
  SELECT * INTO l FROM public.event_levels x WHERE x.event_id = event AND x.level = level;
  SELECT (s.seeds::jsonb -> level) ->> seed_index INTO seed FROM public.event_secrets s WHERE s.event_id = event;
  IF l.level IS NULL OR seed IS NULL OR seed_index < 0 THEN
    PERFORM public.refuse('this event has no such level and seed');
  END IF;
  IF EXISTS (SELECT 1 FROM public.attempts a WHERE a.id = run) THEN  -- asked again: the answer was lost on its way
    IF NOT EXISTS (SELECT 1 FROM public.attempts a WHERE a.id = run AND a.team_id = team AND a.level = level
                   AND a.seed_index = seed_index) THEN
      PERFORM public.refuse('that run is begun already');
    END IF;
  ELSE
    allowed := coalesce((e.spec::jsonb #>> '{attempts,allowed}')::integer, 1);
    IF (SELECT count(*) FROM public.attempts a WHERE a.event_id = event AND a.team_id = team AND a.level = level
        AND a.seed_index = seed_index) >= allowed THEN
      PERFORM public.refuse(format('no attempt is left: %s allowed for each level and seed', allowed));
    END IF;
    IF run !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN PERFORM public.refuse('a run''s id is a UUID'); END IF;
    INSERT INTO public.attempts (id, event_id, team_id, member_id, level, seed_index)
    VALUES (run, event, team, public.my_member(), level, seed_index);
  END IF;
  RETURN json_build_object('seed', seed::bigint, 'gameplay', l.gameplay, 'engine', l.engine);
END $$;

CREATE FUNCTION drill_buy_hint(run text, hint text) RETURNS json LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
#variable_conflict use_variable
DECLARE
  a public.attempts;
  allowed integer;
BEGIN
  SELECT * INTO a FROM public.attempts x WHERE x.id = run AND x.team_id = public.my_team() FOR UPDATE;
  IF a.id IS NULL THEN PERFORM public.refuse('that is no run of your team'); END IF;
  IF EXISTS (SELECT 1 FROM public.hints h WHERE h.run = run AND h.hint = hint) THEN
    RETURN json_build_object('bought', false);  -- yours already; it is paid for once
  END IF;
  IF public.event_over(a.event_id) THEN PERFORM public.refuse('this event has ended: hints cannot be bought'); END IF;
  SELECT (e.spec::jsonb #>> '{hints,allowed}')::integer INTO allowed FROM public.events e WHERE e.id = a.event_id;
  IF (SELECT count(*) FROM public.hints h WHERE h.run = run) >= allowed THEN
    PERFORM public.refuse(format('no hint is left: this event allows %s in a run', allowed));
  END IF;
  INSERT INTO public.hints (run, hint) VALUES (run, left(hint, 100));
  RETURN json_build_object('bought', true);
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_member(), my_team(), my_event(), event_begun(text), event_over(text), clean_name(text),
  refuse(text), drill_join(text, text, text), drill_start(text, text, integer, text), drill_buy_hint(text, text)
  TO player, organizer;
GRANT EXECUTE ON FUNCTION stamp_run(), stamp_head(), tell_event() TO organizer;

-- ---- rows: a player reads the own team's, and of the event what everybody may know -----------------------------------

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['runs', 'outbox', 'events', 'event_secrets', 'event_levels', 'teams', 'codes', 'members',
                           'attempts', 'heads', 'hints', 'verdicts'] LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY organizer_all ON public.%I TO organizer USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON events, event_secrets, event_levels, teams, codes, verdicts TO organizer;
GRANT SELECT, INSERT ON runs TO organizer;
GRANT SELECT ON attempts, heads, hints, members TO organizer;

GRANT SELECT ON events TO player;
CREATE POLICY everybody ON events FOR SELECT TO player USING (true);

GRANT SELECT ON event_levels TO player;
CREATE POLICY once_open ON event_levels FOR SELECT TO player
  USING (event_id = (SELECT my_event()) AND event_begun(event_id));

GRANT SELECT ON teams TO player;
CREATE POLICY own_event ON teams FOR SELECT TO player USING (event_id = (SELECT my_event()));

GRANT SELECT (id, kind, ref, name, role, joined_at) ON members TO player;
CREATE POLICY own_company ON members FOR SELECT TO player
  USING (ref = (SELECT my_team()) OR id = (SELECT my_member()));

GRANT SELECT ON attempts TO player;
CREATE POLICY own_team ON attempts FOR SELECT TO player USING (team_id = (SELECT my_team()));

GRANT SELECT ON hints TO player;
CREATE POLICY own_team ON hints FOR SELECT TO player USING (run IN (SELECT id FROM attempts));

GRANT SELECT, INSERT (run, n, t, head) ON heads TO player;
CREATE POLICY own_team ON heads FOR SELECT TO player USING (run IN (SELECT id FROM attempts));
CREATE POLICY add_own ON heads FOR INSERT TO player WITH CHECK (
  run IN (SELECT id FROM attempts WHERE member_id = (SELECT my_member())));

GRANT SELECT ON runs TO player;
GRANT INSERT (id, level, gameplay, engine, seed, operator, started, ended, won, points, stars, rows, log, digest,
  team_id, event_id, member_id, content) ON runs TO player;
CREATE POLICY own_team ON runs FOR SELECT TO player USING (team_id = (SELECT my_team()));
CREATE POLICY add_own ON runs FOR INSERT TO player WITH CHECK (
  team_id = (SELECT my_team()) AND member_id = (SELECT my_member()) AND event_id = (SELECT my_event())
  AND EXISTS (SELECT 1 FROM attempts a WHERE a.id = runs.id AND a.member_id = runs.member_id
              AND a.level = runs.level));

-- While a board is frozen, only the own team's verdicts are news.
GRANT SELECT ON verdicts TO player;
CREATE POLICY own_team ON verdicts FOR SELECT TO player USING (run IN (SELECT id FROM runs));
