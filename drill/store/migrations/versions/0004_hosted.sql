-- A player of a session sees that session through two functions, and asks by adding a row; the host alone orders.

CREATE FUNCTION my_session() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT ref FROM public.members WHERE id = public.my_member() AND kind = 'session'
$$;

-- What is played: a player starts with this.
CREATE FUNCTION drill_session() RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE s public.hosted_sessions;
BEGIN
  SELECT * INTO s FROM public.hosted_sessions x WHERE x.id = public.my_session();
  IF s.id IS NULL THEN PERFORM public.refuse('you are in no session here; join with `drill join CODE`'); END IF;
  RETURN json_build_object('id', s.id, 'level', s.level, 'seed', s.seed, 'engine', s.engine, 'gameplay', s.gameplay,
    'content', s.content, 'facilitator', s.facilitator, 'state', s.state);
END $$;

-- What is new for whoever has `have` entries: one consistent look at entries, time, and answers to the own requests.
CREATE FUNCTION drill_news(have integer) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
#variable_conflict use_variable
DECLARE s public.hosted_sessions;
BEGIN
  SELECT * INTO s FROM public.hosted_sessions x WHERE x.id = public.my_session();
  IF s.id IS NULL THEN PERFORM public.refuse('you are in no session here; join with `drill join CODE`'); END IF;
  RETURN json_build_object('t', s.t, 'n', s.n, 'state', s.state,
    'speed', s.speed, 'silent', (extract(epoch FROM clock_timestamp() - s.heard_at) * 1000)::bigint,
    'name', (SELECT name FROM public.members WHERE id = public.my_member()),
    'lines', (SELECT coalesce(json_agg(e.line ORDER BY e.n), '[]') FROM public.hosted_entries e
              WHERE e.session_id = s.id AND e.n > have AND e.n <= s.n),
    'answers', (SELECT coalesce(json_object_agg(r.id, r.answer), '{}') FROM public.hosted_requests r
                WHERE r.member_id = public.my_member() AND r.answer IS NOT NULL
                  AND r.asked_at > clock_timestamp() - interval '1 minute'));
END $$;

CREATE FUNCTION tell_session() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  CASE TG_TABLE_NAME
    WHEN 'hosted_sessions' THEN PERFORM pg_notify('drill_session_' || NEW.id, '');
    WHEN 'hosted_requests' THEN PERFORM pg_notify('drill_host_' || NEW.session_id, '');
    ELSE IF NEW.kind = 'session' THEN PERFORM pg_notify('drill_host_' || NEW.ref, ''); END IF;
  END CASE;
  RETURN NULL;
END $$;
CREATE TRIGGER tell_players AFTER UPDATE ON hosted_sessions FOR EACH ROW EXECUTE FUNCTION tell_session();
CREATE TRIGGER tell_host AFTER INSERT ON hosted_requests FOR EACH ROW EXECUTE FUNCTION tell_session();
CREATE TRIGGER tell_host_of_members AFTER INSERT ON members FOR EACH ROW EXECUTE FUNCTION tell_session();

CREATE FUNCTION stamp_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  NEW.asked_at := clock_timestamp();
  IF (SELECT count(*) FROM public.hosted_requests r WHERE r.member_id = NEW.member_id AND r.answer IS NULL) >= 20 THEN
    PERFORM public.refuse('20 commands wait for the facilitator already');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stamp_request BEFORE INSERT ON hosted_requests FOR EACH ROW EXECUTE FUNCTION stamp_request();
ALTER TABLE hosted_requests ADD CONSTRAINT hosted_requests_bounded CHECK (length(id) <= 64 AND length(line) <= 4000);

REVOKE EXECUTE ON FUNCTION my_session(), drill_session(), drill_news(integer), tell_session(), stamp_request() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_session(), drill_session(), drill_news(integer) TO player, organizer;
GRANT EXECUTE ON FUNCTION tell_session(), stamp_request() TO organizer;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['hosted_sessions', 'hosted_entries', 'hosted_requests'] LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY organizer_all ON public.%I TO organizer USING (true) WITH CHECK (true)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON hosted_sessions TO organizer;
GRANT SELECT, INSERT ON hosted_entries TO organizer;
GRANT SELECT, UPDATE (answer) ON hosted_requests TO organizer;
GRANT UPDATE (name, role) ON members TO organizer;

GRANT SELECT, INSERT (id, session_id, member_id, line) ON hosted_requests TO player;
CREATE POLICY own ON hosted_requests FOR SELECT TO player USING (member_id = (SELECT my_member()));
CREATE POLICY add_own ON hosted_requests FOR INSERT TO player WITH CHECK (
  member_id = (SELECT my_member()) AND session_id = (SELECT my_session()));

-- Whether a code is that of the session that one is in already: whoever comes back keeps name and seat.
CREATE FUNCTION drill_back(code text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT EXISTS (SELECT 1 FROM public.codes c WHERE c.kind = 'session' AND c.ref = public.my_session()
                 AND c.code = upper(regexp_replace(coalesce(drill_back.code, ''), '[^A-Za-z0-9]', '', 'g')))
$$;
REVOKE EXECUTE ON FUNCTION drill_back(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drill_back(text) TO player, organizer;
