import FHIRStore
import Glibc
import NIOCore
import NIOPosix

/// A nameless temporary file: gone when the process is, however it ends.
///
/// All access runs on NIO's threads for blocking work.
final class SpoolFile: Sendable {
    private let descriptor: CInt

    private init(descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    static func make() async throws -> SpoolFile {
        let descriptor = try await NIOThreadPool.singleton.runIfActive { () -> CInt in
            let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
            // Six X, no fewer and last, are what mkstemp(3) replaces; the name is there for one moment only.
            var path = Array("\(folder)/martlet-XXXXXX".utf8CString)
            // Made readable for nobody else, and unlinked while it is empty. Force unwrapped: the path has bytes.
            let descriptor = path.withUnsafeMutableBufferPointer { mkstemp($0.baseAddress!) }
            if descriptor >= 0 {
                unlink(path)
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            }
            return descriptor
        }
        guard descriptor >= 0 else { throw failure }
        return SpoolFile(descriptor: descriptor)
    }

    func write(_ buffer: ByteBuffer, at offset: Int) async throws {
        let isWritten = try await NIOThreadPool.singleton.runIfActive { [self] in
            buffer.withUnsafeReadableBytes { bytes in
                var done = 0
                while done < bytes.count {
                    // Force unwrapped: there is at least one byte.
                    let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { return false }
                    done += count
                }
                return true
            }
        }
        guard isWritten else { throw Self.failure }
    }

    func read(_ range: Range<Int>) async throws -> [UInt8] {
        let bytes = try await NIOThreadPool.singleton.runIfActive { [self] in
            [UInt8](unsafeUninitializedCapacity: range.count) { bytes, count in
                while count < range.count {
                    // Force unwrapped: there is room for at least one byte.
                    let read = pread(
                        descriptor, bytes.baseAddress! + count, range.count - count, off_t(range.lowerBound + count))
                    if read < 0, errno == EINTR { continue }
                    guard read > 0 else { return }
                    count += read
                }
            }
        }
        guard bytes.count == range.count else { throw Self.failure }
        return bytes
    }

    private static var failure: StoreError {
        StoreError(.unavailable, "the server has no room for the content just now", details: "no-spool")
    }
}
