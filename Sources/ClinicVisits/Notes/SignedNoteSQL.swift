import FHIRStore

/// The trigger that keeps the text of signed notes: what was signed is never changed, only added to.
///
/// It compares what people wrote (titles, codes, narratives) and who attested; references may change, as they do when
/// patients are merged. A note that was deleted comes back with the same text only.
enum SignedNoteSQL {
    static let script = """
        CREATE FUNCTION note_text(section jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
          SELECT jsonb_build_object('title', section -> 'title', 'code', section -> 'code', 'text', section -> 'text',
            'section', CASE jsonb_typeof(section -> 'section') WHEN 'array' THEN
              jsonb_path_query_array(section -> 'section', '$[*].**.text.div')
              || jsonb_path_query_array(section -> 'section', '$[*].**.title') ELSE '[]' END)
        $$;
        CREATE FUNCTION note_list(value jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
          SELECT CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]'::jsonb END
        $$;
        CREATE FUNCTION note_check_signed(before jsonb, after jsonb) RETURNS void LANGUAGE plpgsql AS $$
        DECLARE
          old_sections jsonb := note_list(before -> 'section');
          new_sections jsonb := note_list(after -> 'section');
          old_signs jsonb := note_list(before -> 'attester');
          new_signs jsonb := note_list(after -> 'attester');
          is_amended boolean := after ->> 'status' = 'amended';
        BEGIN
          IF before ->> 'status' IS NULL OR before ->> 'status' NOT IN ('final', 'amended') THEN
            RETURN;
          END IF;
          IF before -> 'text' -> 'div' IS DISTINCT FROM after -> 'text' -> 'div'
            OR before -> 'title' IS DISTINCT FROM after -> 'title'
            OR before -> 'type' IS DISTINCT FROM after -> 'type'
            OR before -> 'date' IS DISTINCT FROM after -> 'date' AND NOT is_amended
            OR jsonb_array_length(new_sections) < jsonb_array_length(old_sections)
            OR jsonb_array_length(new_sections) > jsonb_array_length(old_sections) AND NOT is_amended
            OR jsonb_array_length(new_signs) < jsonb_array_length(old_signs)
          THEN
            RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
              MESSAGE = 'signed-note|a signed note does not change; $amend adds to it';
          END IF;
          FOR i IN 0 .. jsonb_array_length(old_sections) - 1 LOOP
            IF note_text(old_sections -> i) IS DISTINCT FROM note_text(new_sections -> i) THEN
              RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
                MESSAGE = 'signed-note|a section of a signed note does not change; $amend adds one';
            END IF;
          END LOOP;
          FOR i IN 0 .. jsonb_array_length(old_signs) - 1 LOOP
            IF old_signs -> i -> 'mode' IS DISTINCT FROM new_signs -> i -> 'mode'
              OR old_signs -> i -> 'time' IS DISTINCT FROM new_signs -> i -> 'time' THEN
              RAISE EXCEPTION USING ERRCODE = '\(StoreError.businessRuleState)',
                MESSAGE = 'signed-note|signatures of a note do not change';
            END IF;
          END LOOP;
        END $$;
        CREATE FUNCTION note_keep_signed() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
          last record;
        BEGIN
          IF TG_OP = 'UPDATE' THEN
            PERFORM note_check_signed(OLD.content, NEW.content);
            RETURN NEW;
          END IF;
          -- An insert of a later version brings back what was deleted.
          IF NEW.version > 1 THEN
            SELECT h.content INTO last FROM composition_history h
            WHERE h.id = NEW.id AND h.content IS NOT NULL ORDER BY h.version DESC LIMIT 1;
            IF FOUND THEN
              PERFORM note_check_signed(last.content, NEW.content);
            END IF;
          END IF;
          RETURN NEW;
        END $$;
        DO $$ BEGIN
          IF to_regclass('composition') IS NOT NULL THEN
            CREATE TRIGGER note_signed BEFORE INSERT OR UPDATE ON composition
              FOR EACH ROW EXECUTE FUNCTION note_keep_signed();
          END IF;
        END $$;

        """
}
