/// One step of the database's schema, applied once, in order.
package struct Migration: Sendable {
    /// Position in the order, unique over all parts of the server that bring migrations.
    package let version: Int
    /// What it does, in a few words.
    package let name: String
    /// The SQL script; runs in one transaction together with the record that it ran.
    package let script: String

    package init(version: Int, name: String, script: String) {
        self.version = version
        self.name = name
        self.script = script
    }

    /// FNV-1a over the script: tells whether an applied migration was edited afterwards.
    package var checksum: Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in script.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return Int64(bitPattern: hash)
    }
}
