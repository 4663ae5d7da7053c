import Glibc

/// A thread that may block: libpq handles live and die on one of these.
enum WorkerThread {
    /// The default for threads of the main program on Linux; decoders that recurse need more than the 512 KiB
    /// of small pools.
    private static let stackByteCount = 8 << 20

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs `body` on a new detached thread; the caller learns of its end by what `body` does last.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackByteCount)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(
            Body {
                nameCurrentThread(name)
                body()
            })
        let status = pthread_create(
            &thread, &attributes,
            { context in
                // `start` always passes a retained Body.
                Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        precondition(status == 0, "the system allows no further thread")
    }

    /// Shows in `top -H` and debuggers; the kernel cuts it after 15 bytes. (pthread_setname_np is a GNU
    /// extension that Swift's Glibc lacks.)
    private static func nameCurrentThread(_ name: String) {
        let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = write(file, name, name.utf8.count)
        close(file)
    }
}
