/// What active privacy Consents say, as rows that conditions look up (R4 consent.html): kept by a trigger.
///
/// What a provision says of codes, labels or single data cannot be asked of a row here: such a denial holds without it,
/// such a permission not at all, so that nothing is told that somebody forbade.
enum ConsentRuleSQL {
    static func script(_ types: [ResourceTable]) -> String {
        guard let table = types.first(where: { $0.typeName == "Consent" }) else { return common }
        return common + """
            INSERT INTO consent_rule (patient, denies, depth, actors, types, purposes, period, source)
            SELECT r.*, t.id FROM \(table.all) t, consent_rules(t.content) r;
            CREATE TRIGGER consent_rule AFTER INSERT OR UPDATE OR DELETE ON \(table.all)
              FOR EACH ROW EXECUTE FUNCTION consent_rule_note();
            """
    }

    private static let common = #"""
        CREATE TABLE consent_rule (
          patient text COLLATE "C" NOT NULL,
          denies boolean NOT NULL,
          depth int NOT NULL,
          actors text[],
          types text[],
          purposes text[],
          period tstzrange NOT NULL,
          source text COLLATE "C" NOT NULL);
        CREATE INDEX ON consent_rule (patient);
        CREATE INDEX ON consent_rule (source);

        CREATE FUNCTION consent_period(period jsonb) RETURNS tstzrange LANGUAGE plpgsql STABLE AS $$
        DECLARE
          low text := period->>'start';
          high text := period->>'end';
        BEGIN
          RETURN tstzrange(
            CASE length(low) WHEN 4 THEN (low || '-01-01')::timestamptz WHEN 7 THEN (low || '-01')::timestamptz
              ELSE low::timestamptz END,
            CASE length(high)
              WHEN 4 THEN (high || '-01-01')::timestamptz + interval '1 year'
              WHEN 7 THEN (high || '-01')::timestamptz + interval '1 month'
              WHEN 10 THEN high::timestamptz + interval '1 day'
              ELSE high::timestamptz + interval '1 second' END);
        EXCEPTION WHEN OTHERS THEN
          RETURN tstzrange(NULL, NULL);
        END $$;

        CREATE FUNCTION consent_provisions(provision jsonb, depth int, outright boolean)
        RETURNS TABLE (denies boolean, level int, actors text[], types text[], purposes text[], period tstzrange)
        LANGUAGE plpgsql STABLE AS $$
        DECLARE
          inner_provision jsonb;
        BEGIN
          denies := coalesce(provision->>'type' = 'deny', outright);
          level := depth;
          -- Nothing is said by a root without a type, nor about what is no access.
          IF (provision ? 'type' OR outright)
            AND (NOT provision ? 'action' OR jsonb_path_exists(
              provision, 'lax $.action[*].coding[*].code ? (@ == "access" || @ == "use" || @ == "disclose")'))
            AND (denies OR NOT provision ?| ARRAY['code', 'data', 'securityLabel', 'dataPeriod']) THEN
            actors := CASE WHEN provision ? 'actor' THEN ARRAY(
              SELECT coalesce(
                substring(a #>> '{reference,reference}' FROM '([A-Za-z]+/[A-Za-z0-9.-]{1,64})(?:/_history/[^/]*)?$'),
                '')
              FROM jsonb_path_query(provision, 'lax $.actor[*]') a
              UNION SELECT c #>> '{}' FROM jsonb_path_query(
                provision, 'lax $.actor[*].role.coding[*] ? (@.system == "urn:martlet:role").code') c) END;
            types := CASE WHEN provision ? 'class' THEN ARRAY(
              SELECT c #>> '{}' FROM jsonb_path_query(
                provision, 'lax $.class[*] ? (@.system == "http://hl7.org/fhir/resource-types").code') c) END;
            purposes := CASE WHEN provision ? 'purpose' THEN ARRAY(
              SELECT c #>> '{}' FROM jsonb_path_query(provision, 'lax $.purpose[*].code') c) END;
            period := consent_period(provision->'period');
            RETURN NEXT;
          END IF;
          -- As deep as anybody nests them; a limit keeps odd content from costing much.
          IF depth < 8 THEN
            FOR inner_provision IN SELECT p FROM jsonb_path_query(provision, 'lax $.provision[*]') p LOOP
              RETURN QUERY SELECT * FROM consent_provisions(inner_provision, depth + 1, false);
            END LOOP;
          END IF;
        END $$;

        CREATE FUNCTION consent_rules(content jsonb)
        RETURNS TABLE (
          patient text, denies boolean, depth int, actors text[], types text[], purposes text[], period tstzrange)
        LANGUAGE plpgsql STABLE AS $$
        DECLARE
          named text := substring(content #>> '{patient,reference}' FROM 'Patient/([A-Za-z0-9.-]{1,64})');
          outright boolean := jsonb_path_exists(content, 'lax $.policyRule.coding[*].code ? (@ == "OPTOUT")');
        BEGIN
          IF named IS NULL OR content->>'status' IS DISTINCT FROM 'active'
            OR content #> '{scope,coding}' IS NOT NULL
              AND NOT jsonb_path_exists(content, 'lax $.scope.coding[*].code ? (@ == "patient-privacy")') THEN
            RETURN;
          END IF;
          RETURN QUERY SELECT named, p.* FROM consent_provisions(
            coalesce(content->'provision', '{}'::jsonb), 0, outright) p;
        END $$;

        CREATE FUNCTION consent_rule_note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP <> 'INSERT' THEN DELETE FROM consent_rule WHERE source = OLD.id; END IF;
          IF TG_OP <> 'DELETE' THEN
            INSERT INTO consent_rule (patient, denies, depth, actors, types, purposes, period, source)
            SELECT r.*, NEW.id FROM consent_rules(NEW.content) r;
          END IF;
          RETURN NULL;
        END $$;

        """#
}
