import FHIRProfiles
import PostgreSQL

/// Reads and writes which packages are loaded, and what is theirs.
struct PackageCatalog: Sendable {
    let session: Session

    /// A loaded version of a package.
    struct Row {
        var id: Int64
        var digest: String
        var hasExamples: Bool
    }

    /// One resource of a package.
    struct Member {
        var type: String
        var id: String
        var file: String
        var url: String?
        var version: String?
        var isExample: Bool
    }

    /// Has loads of packages of one name follow each other.
    func lock(_ name: String) async throws {
        var parameters = SQLParameters()
        parameters.append(text: name)
        _ = try await session.query(Self.lockName, parameters)
    }

    func find(_ manifest: PackageManifest) async throws -> Row? {
        var parameters = SQLParameters()
        parameters.append(text: manifest.name)
        parameters.append(text: manifest.version)
        let rows = try await session.query(Self.findPackage, parameters)
        guard rows.rowCount > 0, let id = rows.int64(0, 0) else { return nil }
        return Row(id: id, digest: rows.string(0, 1) ?? "", hasExamples: rows.bool(0, 2) ?? false)
    }

    /// Keeps what the manifest says; gives the number of the row.
    func save(_ manifest: PackageManifest, digest: String, hasExamples: Bool) async throws -> Int64 {
        var parameters = SQLParameters()
        parameters.append(text: manifest.name)
        parameters.append(text: manifest.version)
        parameters.append(text: manifest.title)
        parameters.append(text: manifest.canonical)
        parameters.append(textArray: manifest.fhirVersions)
        parameters.append(textArray: manifest.dependencies.map(\.name))
        parameters.append(textArray: manifest.dependencies.map(\.version))
        parameters.append(text: digest)
        parameters.append(bool: hasExamples)
        let rows = try await session.query(Self.savePackage, parameters)
        guard rows.rowCount > 0, let id = rows.int64(0, 0) else { throw StoreError(.fault, "a package has no row") }
        return id
    }

    /// Type and id of the resources that a package brought.
    func members(of package: Int64) async throws -> [(type: String, id: String)] {
        var parameters = SQLParameters()
        parameters.append(int64: package)
        let rows = try await session.query(Self.listMembers, parameters)
        return (0..<rows.rowCount).map { (rows.string($0, 0) ?? "", rows.string($0, 1) ?? "") }
    }

    func add(_ members: [Member], to package: Int64) async throws {
        var parameters = SQLParameters()
        parameters.append(int64: package)
        parameters.append(textArray: members.map(\.type))
        parameters.append(textArray: members.map(\.id))
        parameters.append(textArray: members.map(\.file))
        parameters.append(textArray: members.map(\.url))
        parameters.append(textArray: members.map(\.version))
        parameters.append(textArray: members.map { $0.isExample ? "true" : "false" })
        _ = try await session.query(Self.addMembers, parameters)
    }

    func forgetMembers(of package: Int64) async throws {
        var parameters = SQLParameters()
        parameters.append(int64: package)
        _ = try await session.query(Self.removeMembers, parameters)
    }

    /// Versions that are loaded, by package name.
    func versions(of names: [String]) async throws -> [String: [String]] {
        var parameters = SQLParameters()
        parameters.append(textArray: names)
        let rows = try await session.query(Self.listVersions, parameters)
        var versions: [String: [String]] = [:]
        for row in 0..<rows.rowCount {
            versions[rows.string(row, 0) ?? "", default: []].append(rows.string(row, 1) ?? "")
        }
        return versions
    }

    private static let lockName = SQLStatement(
        "SELECT pg_advisory_xact_lock(hashtextextended('martlet package ' || $1::text, 0))")
    private static let findPackage = SQLStatement(
        "SELECT id, digest, has_examples FROM package WHERE name = $1::text AND version = $2::text")
    private static let savePackage = SQLStatement(
        """
        INSERT INTO package (name, version, title, canonical, fhir_versions, dependency_names, dependency_versions,
          digest, has_examples)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::text[], $6::text[], $7::text[], $8::text, $9::boolean)
        ON CONFLICT (name, version) DO UPDATE SET title = excluded.title, canonical = excluded.canonical,
          fhir_versions = excluded.fhir_versions, dependency_names = excluded.dependency_names,
          dependency_versions = excluded.dependency_versions, digest = excluded.digest,
          has_examples = excluded.has_examples, loaded = now()
        RETURNING id
        """)
    private static let listMembers = SQLStatement(
        "SELECT type, id FROM package_resource WHERE package = $1::int8")
    private static let addMembers = SQLStatement(
        """
        INSERT INTO package_resource (package, type, id, file, url, resource_version, is_example)
        SELECT $1::int8, w.type, w.id, w.file, w.url, w.version, w.example::boolean
        FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
          w (type, id, file, url, version, example)
        """)
    private static let removeMembers = SQLStatement("DELETE FROM package_resource WHERE package = $1::int8")
    private static let listVersions = SQLStatement(
        "SELECT name, version FROM package WHERE name = ANY($1::text[])")
}

extension FHIRStore {
    /// The packages that are loaded, by name, the newest version of each first.
    package func loadedPackages() async throws -> [LoadedPackage] {
        try await translating {
            let rows = try await query(Self.listPackages, SQLParameters())
            let packages = (0..<rows.rowCount).map { row in
                LoadedPackage(
                    name: rows.string(row, 0) ?? "", version: rows.string(row, 1) ?? "", title: rows.string(row, 2),
                    canonical: rows.string(row, 3), resourceCount: Int(rows.int64(row, 4) ?? 0),
                    loaded: rows.int64(row, 5) ?? 0)
            }
            return packages.sorted { left, right in
                if left.name != right.name { return left.name < right.name }
                return BusinessVersion(left.version) > BusinessVersion(right.version)
            }
        }
    }

    private static let listPackages = SQLStatement(
        """
        SELECT p.name, p.version, p.title, p.canonical,
          (SELECT count(*) FROM package_resource r WHERE r.package = p.id),
          (extract(epoch FROM p.loaded) * 1000000)::bigint
        FROM package p
        """)
}
