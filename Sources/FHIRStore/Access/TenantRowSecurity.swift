import PostgreSQL

/// Row security of PostgreSQL as a second belt between tenants (decision 0048): policies on all tables of resources,
/// and a role that is subject to them, under which reads of tenants' callers are answered (`TenantRole`).
///
/// Policies hold PostgreSQL back from using an index for a condition that could tell of other rows by its errors. So
/// the functions behind the indexes are marked as ones that cannot, which takes a superuser; without that the belt
/// stays off, because searches would read whole tables.
package enum TenantRowSecurity {
    // MARK: - Policies

    /// Only the role of tenants is held to them: others who may read a table go on reading all of it.
    static func policies(_ types: [ResourceTable]) -> String {
        types.flatMap { [$0.all, $0.allHistory] }.map { table in
            """
            ALTER TABLE \(table) ENABLE ROW LEVEL SECURITY;
            CREATE POLICY tenant_rows ON \(table) USING (
              tenant IS NULL OR tenant = (SELECT current_setting('\(TenantRole.setting)', true))
                OR (SELECT current_user) <> '\(TenantRole.name)');
            """
        }.joined(separator: "\n")
    }

    // MARK: - The role

    /// What reads of resources ask, and nothing else: no accounts, no secrets, no books.
    private static func tables(_ catalog: TableCatalog) -> [String] {
        catalog.types.flatMap { type in
            let table = catalog.table(type)
            return [table.all, table.allHistory, table.strings, table.numbers, table.ranges]
        } + [
            ContainedTable.name, "contained_str", "contained_num", "contained_range", "care_relation", "consent_rule",
            "search_index",
        ]
    }

    /// Functions of operators that indexes serve, and that neither fail nor speak of the values they compare.
    /// `to_tsvector` says of a word that it is too long, but not which; and it has done so when the row was written.
    private static let functions = [
        "arraycontains(anyarray,anyarray)", "arrayoverlap(anyarray,anyarray)", "int8xor(bigint,bigint)",
        "numeric_eq(numeric,numeric)",
        "numeric_lt(numeric,numeric)", "numeric_le(numeric,numeric)", "numeric_gt(numeric,numeric)",
        "numeric_ge(numeric,numeric)", "to_tsvector(regconfig,text)", "ts_match_vq(tsvector,tsquery)",
    ]

    /// Makes the role ready where the database allows it, and has the store's database use it from then on.
    ///
    /// May be called at every start, by several servers at once. Throws `StoreError` for what the database says.
    ///
    /// - Returns: whether reads of tenants are answered under the role.
    @discardableResult
    package static func engage(_ store: FHIRStore) async throws -> Bool {
        try await store.translating {
            if try await isReady(store) {
                store.database.usesTenantRole = true
                return true
            }
            try await store.database.script(script(tables(store.tables)))
            let isReady = try await isReady(store)
            store.database.usesTenantRole = isReady
            return isReady
        }
    }

    /// Whether all is there that the role needs; asks, and changes nothing.
    package static func isReady(_ store: FHIRStore) async throws -> Bool {
        let tables = tables(store.tables)
        var parameters = SQLParameters()
        parameters.append(text: TenantRole.name)
        parameters.append(textArray: tables)
        parameters.append(textArray: functions.map { "pg_catalog." + $0 })
        parameters.append(textArray: store.tables.types.map { store.tables.table($0).all })
        return try await store.database.read(ready, parameters).bool(0, 0) ?? false
    }

    /// A role that is not there has no rights, so the one question answers for both.
    private static let ready = SQLStatement(
        """
        SELECT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = $1::text AND pg_has_role(current_user, r.oid, 'MEMBER')
            AND NOT r.rolsuper AND NOT r.rolbypassrls
            AND (SELECT bool_and(coalesce(has_table_privilege(r.oid, to_regclass(t), 'SELECT'), false))
              FROM unnest($2::text[]) t))
          AND (SELECT bool_and(p.proleakproof) FROM unnest($3::text[]) f JOIN pg_proc p ON p.oid = f::regprocedure)
          AND (SELECT coalesce(bool_and(EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = to_regclass(t))), true)
            FROM unnest($4::text[]) t)
        """)

    /// Roles are of the whole cluster, where another database may be making the same one.
    private static func script(_ tables: [String]) -> String {
        let marks = functions.map { "ALTER FUNCTION pg_catalog.\($0) LEAKPROOF;" }.joined(separator: "\n")
        return """
            SELECT pg_advisory_xact_lock(7305131202113);
            DO $$
            DECLARE
              is_superuser bool := (SELECT rolsuper FROM pg_roles WHERE rolname = current_user);
            BEGIN
              BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(TenantRole.name)') THEN
                  CREATE ROLE \(TenantRole.name) NOLOGIN;
                END IF;
              EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
              END;
              IF NOT pg_has_role(current_user, '\(TenantRole.name)', 'MEMBER') THEN
                EXECUTE format('GRANT \(TenantRole.name) TO %I', current_user);
              END IF;
              EXECUTE format('GRANT USAGE ON SCHEMA %I TO \(TenantRole.name)', current_schema());
              GRANT SELECT ON \(tables.joined(separator: ", ")) TO \(TenantRole.name);
              IF is_superuser THEN
                \(marks)
              END IF;
            EXCEPTION WHEN insufficient_privilege OR undefined_table THEN
              NULL;
            END $$;
            """
    }
}
