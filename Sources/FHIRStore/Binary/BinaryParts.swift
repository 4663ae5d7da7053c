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
        "SELECT data FROM binary_part WHERE id = $1::text AND digest = $2::text AND part = $3::int")
    static let size = SQLStatement(
        "SELECT sum(octet_length(data))::bigint FROM binary_part WHERE id = $1::text AND digest = $2::text")

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

extension FHIRStore {
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
