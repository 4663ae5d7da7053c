import FHIRDefinitions
import PostgreSQL

/// The bytes of large Binary resources, in parts beside the resource rows (R4 binary.html).
///
///     binary_part (id, digest, part) → data     part 0 .. n, all of `byteCount` bytes but the last
///
/// Parts belong to a content, named by the resource's id and the digest that its versions hold: past versions keep
/// their bytes, and a new version that changes something else, such as a tag, has them too. Parts never change, so
/// reading them one by one needs no transaction.
package enum BinaryParts {
    /// Size of a part in bytes: a multiple of three, so that each is a whole piece of base64 text.
    package static let byteCount = 768 << 10

    /// Not compressed: what is large is mostly compressed already, and parts are read whole.
    static let migration = Migration(
        version: 110, name: "binary parts",
        script: """
            CREATE TABLE binary_part (
              id text COLLATE "C" NOT NULL,
              digest text COLLATE "C" NOT NULL,
              part int NOT NULL,
              data bytea NOT NULL,
              PRIMARY KEY (id, digest, part));
            ALTER TABLE binary_part ALTER data SET STORAGE EXTERNAL;
            """)

    static let insert = SQLStatement(
        """
        INSERT INTO binary_part (id, digest, part, data) VALUES ($1::text, $2::text, $3::int, $4::bytea)
        ON CONFLICT DO NOTHING
        """)
    static let read = SQLStatement(
        "SELECT data FROM binary_part WHERE id = $1::text AND digest = $2::text AND part = $3::int",
        isOfTenants: false)
    static let size = SQLStatement(
        "SELECT sum(octet_length(data))::bigint FROM binary_part WHERE id = $1::text AND digest = $2::text",
        isOfTenants: false)

    static let sizes = SQLStatement(
        """
        SELECT w.n, sum(octet_length(p.data))::bigint
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY w(id, digest, n) JOIN binary_part p USING (id, digest)
        GROUP BY w.n ORDER BY w.n
        """, isOfTenants: false)
    static let contents = SQLStatement(
        """
        SELECT w.n, p.data
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY w(id, digest, n) JOIN binary_part p USING (id, digest)
        ORDER BY w.n, p.part
        """, isOfTenants: false)

    static func parameters(_ id: String, _ digest: String) -> SQLParameters {
        var parameters = FHIRStore.parameters(id)
        parameters.append(text: digest)
        return parameters
    }
}

extension StoreTransaction {
    /// Stores a part of the content of a resource that this transaction has written, unless it is there already.
    package func writeBinaryPart(_ part: Int, of id: String, digest: String, _ bytes: [UInt8]) async throws {
        var parameters = BinaryParts.parameters(id, digest)
        parameters.append(int32: Int32(clamping: part))
        parameters.append(bytes: bytes)
        _ = try await session.query(BinaryParts.insert, parameters)
    }
}

/// A content that a Binary has in parts.
package struct BinaryContentName: Hashable, Sendable {
    package var id: String
    package var digest: String

    package init(id: String, digest: String) {
        self.id = id
        self.digest = digest
    }
}

extension FHIRStore {
    /// Sizes in bytes of those contents that there are, in one round trip.
    package func binaryByteCounts(of names: [BinaryContentName]) async throws -> [BinaryContentName: Int] {
        try await translating {
            let result = try await database.read(BinaryParts.sizes, Self.parameters(names))
            var sizes: [BinaryContentName: Int] = [:]
            for row in 0..<result.rowCount {
                guard let number = result.int64(row, 0), let size = result.int64(row, 1) else { continue }
                sizes[names[Int(number) - 1]] = Int(size)
            }
            return sizes
        }
    }

    /// The contents themselves, in one round trip; the caller knows their sizes.
    package func binaryContents(of names: [BinaryContentName]) async throws -> [BinaryContentName: [UInt8]] {
        try await translating {
            let result = try await database.withSession {
                try await $0.query(BinaryParts.contents, Self.parameters(names))
            }
            var contents: [BinaryContentName: [UInt8]] = [:]
            for row in 0..<result.rowCount {
                guard let number = result.int64(row, 0), let bytes = result.bytea(row, 1) else { continue }
                contents[names[Int(number) - 1], default: []] += bytes
            }
            return contents
        }
    }

    private static func parameters(_ names: [BinaryContentName]) -> SQLParameters {
        var parameters = SQLParameters()
        parameters.append(textArray: names.map(\.id))
        parameters.append(textArray: names.map(\.digest))
        return parameters
    }

    /// Size in bytes of a content that a Binary has in parts; nil if there is none.
    package func binaryByteCount(of id: String, digest: String) async throws -> Int? {
        try await translating {
            let result = try await database.read(BinaryParts.size, BinaryParts.parameters(id, digest))
            return result.rowCount > 0 ? result.int64(0, 0).map(Int.init) : nil
        }
    }

    /// A part of a content; throws `StoreError` if there is none.
    package func binaryPart(_ part: Int, of id: String, digest: String) async throws -> [UInt8] {
        try await translating {
            var parameters = BinaryParts.parameters(id, digest)
            parameters.append(int32: Int32(clamping: part))
            let result = try await database.read(BinaryParts.read, parameters)
            guard result.rowCount > 0, let bytes = result.bytea(0, 0) else {
                throw StoreError(.fault, "a part of a Binary's content is missing")
            }
            return bytes
        }
    }
}
