/// What rows belong to, and what the conditions on them look up.
package enum RowAccessMigrations {
    /// - Parameter types: the tables that the database has.
    static func all(types: [ResourceTable]) -> [Migration] {
        [
            Migration(version: 560, name: "tenants", script: tenants(types)),
            Migration(version: 561, name: "care relations", script: careTeam(types)),
            Migration(version: 562, name: "consent rules", script: ConsentRuleSQL.script(types)),
            Migration(version: 563, name: "rights", script: rights),
            Migration(version: 640, name: "cheaper care relations", script: CareRelationSQL.script),
            Migration(version: 650, name: "patients of tenants", script: patientsOfTenants(types)),
            Migration(version: 651, name: "rows of tenants", script: TenantRowSecurity.policies(types)),
            Migration(version: 662, name: "care relations at a glance", script: CareRelationSQL.atAGlance(types)),
            Migration(version: 667, name: "care relations by expressions", script: CareRelationSQL.byExpressions),
        ]
    }

    /// What is written looks up the tenant of its patient, see `TenantSource`.
    private static func patientsOfTenants(_ types: [ResourceTable]) -> String {
        guard types.contains(where: { $0.typeName == "Patient" }) else { return "SELECT 1" }
        return "CREATE INDEX patient_of_tenant ON patient (self) INCLUDE (tenant) WHERE tenant IS NOT NULL"
    }

    /// Every version of the table of rights, and the records that somebody opened in an emergency.
    private static let rights = """
        CREATE TABLE access_rights (
          version int PRIMARY KEY,
          document text NOT NULL,
          actor text NOT NULL,
          changed timestamptz NOT NULL DEFAULT now());
        CREATE TABLE opened_record (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          person text COLLATE "C" NOT NULL,
          patient text COLLATE "C" NOT NULL,
          reason text NOT NULL,
          opened timestamptz NOT NULL DEFAULT now(),
          until timestamptz NOT NULL);
        CREATE INDEX ON opened_record (until);
        CREATE INDEX ON opened_record (patient);
        """

    /// Rows of deletions keep what the deleted version was found by.
    private static func tenants(_ types: [ResourceTable]) -> String {
        let columns = types.map { table in
            """
            ALTER TABLE \(table.all) ADD COLUMN tenant text COLLATE "C";
            ALTER TABLE \(table.allHistory) ADD COLUMN tenant text COLLATE "C", ADD COLUMN self bigint,
              ADD COLUMN subj bigint, ADD COLUMN keys bigint[];
            """
        }
        return columns.joined(separator: "\n") + """

            CREATE FUNCTION access_refused(state text) RETURNS void LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'not within the limits of the caller' USING ERRCODE = state; END $$;
            """
    }

    /// Who takes part in whose care: participants of encounters, actors of appointments, members of care teams, unless
    /// these came to nothing. Kept by triggers, so that whatever writes these resources keeps it right.
    static func careTeam(_ types: [ResourceTable]) -> String {
        let sources = [
            ("Encounter", "{cancelled,entered-in-error}"),
            ("Appointment", "{cancelled,noshow,entered-in-error}"),
            ("CareTeam", "{inactive,entered-in-error}"),
        ]
        let tables = sources.compactMap { name, void in
            types.first { $0.typeName == name }.map { table in
                """
                INSERT INTO care_relation (practitioner, patient, type, source)
                SELECT p.practitioner, p.patient, '\(name)', t.id FROM \(table.all) t, care_relations(t.content) p
                WHERE NOT coalesce(t.content->>'status' = ANY ('\(void)'::text[]), false)
                ON CONFLICT DO NOTHING;
                CREATE TRIGGER care_relation AFTER INSERT OR UPDATE OR DELETE ON \(table.all)
                  FOR EACH ROW EXECUTE FUNCTION care_relation_note('\(name)', '\(void)');
                """
            }
        }
        return careRelationSQL + tables.joined(separator: "\n")
    }

    private static let careRelationSQL = #"""
        CREATE TABLE care_relation (
          practitioner text COLLATE "C" NOT NULL,
          patient text COLLATE "C" NOT NULL,
          type text NOT NULL,
          source text COLLATE "C" NOT NULL,
          PRIMARY KEY (practitioner, patient, type, source));
        CREATE INDEX ON care_relation (source, type);

        CREATE FUNCTION care_relations(content jsonb) RETURNS TABLE (practitioner text, patient text)
        LANGUAGE plpgsql STABLE AS $$
        DECLARE
          named text[];
          roles text[];
          practitioners text[];
        BEGIN
          named := ARRAY(
            SELECT r #>> '{}' FROM jsonb_path_query(content, 'lax $.participant[*].*.reference') r
            UNION SELECT content #>> '{subject,reference}');
          practitioners := ARRAY(
            SELECT substring(n FROM '(?:^|/)Practitioner/([A-Za-z0-9.-]{1,64})(?:/_history/[^/]*)?$')
            FROM unnest(named) n);
          roles := ARRAY(
            SELECT substring(n FROM '(?:^|/)PractitionerRole/([A-Za-z0-9.-]{1,64})(?:/_history/[^/]*)?$')
            FROM unnest(named) n);
          IF cardinality(array_remove(roles, NULL)) > 0 AND to_regclass('practitionerrole') IS NOT NULL THEN
            practitioners := practitioners || ARRAY(
              SELECT substring(r.content #>> '{practitioner,reference}'
                FROM '(?:^|/)Practitioner/([A-Za-z0-9.-]{1,64})(?:/_history/[^/]*)?$')
              FROM practitionerrole r WHERE r.id = ANY (roles));
          END IF;
          RETURN QUERY SELECT DISTINCT w, p
            FROM unnest(practitioners) w,
              (SELECT substring(n FROM '(?:^|/)Patient/([A-Za-z0-9.-]{1,64})(?:/_history/[^/]*)?$') AS p
               FROM unnest(named) n) patients
            WHERE w IS NOT NULL AND p IS NOT NULL;
        END $$;

        CREATE FUNCTION care_relation_note() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF TG_OP = 'UPDATE' AND NEW.content->'participant' IS NOT DISTINCT FROM OLD.content->'participant'
            AND NEW.content->'subject' IS NOT DISTINCT FROM OLD.content->'subject'
            AND NEW.content->'status' IS NOT DISTINCT FROM OLD.content->'status' THEN
            RETURN NULL;
          END IF;
          IF TG_OP <> 'INSERT' THEN
            DELETE FROM care_relation WHERE source = OLD.id AND type = TG_ARGV[0];
          END IF;
          IF TG_OP <> 'DELETE' AND NOT coalesce(NEW.content->>'status' = ANY (TG_ARGV[1]::text[]), false) THEN
            INSERT INTO care_relation (practitioner, patient, type, source)
            SELECT r.practitioner, r.patient, TG_ARGV[0], NEW.id FROM care_relations(NEW.content) r
            ON CONFLICT DO NOTHING;
          END IF;
          RETURN NULL;
        END $$;

        """#
}
