import CLibCurl
import Glibc

/// A thread of a loop: the handles of libcurl that it uses are made and freed here.
struct TransferThread {
    private struct Running {
        var handle: EasyHandle
        var job: TransferDesk.Job
    }

    private let desk: TransferDesk
    private let number: Int
    private let multi: UnsafeMutableRawPointer
    /// By number of the job.
    private var running: [Int: Running] = [:]

    /// What a thread is given when it begins.
    private final class Post {
        let desk: TransferDesk
        let number: Int

        init(_ desk: TransferDesk, _ number: Int) {
            self.desk = desk
            self.number = number
        }
    }

    static func start(_ desk: TransferDesk, number: Int) {
        // libcurl's own set-up must come once, before anything else of it.
        precondition(Self.isSetUp, "libcurl cannot be set up")
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Post(desk, number)).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { context in
                TransferThread.begin(context!)
                return nil
            }, context)
        precondition(status == 0, "the system allows no further thread")
        pthread_detach(thread)
    }

    private static func begin(_ context: UnsafeMutableRawPointer) {
        blockPipeSignal()
        // `start` passes a retained post.
        var thread = TransferThread(Unmanaged<Post>.fromOpaque(context).takeRetainedValue())
        thread.run()
    }

    /// OpenSSL writes to sockets that may have been closed; an error is all that should come of it.
    private static func blockPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private static let isSetUp = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private init(_ post: Post) {
        desk = post.desk
        number = post.number
        guard let multi = curl_multi_init() else { preconditionFailure("no memory for libcurl") }
        self.multi = multi
        martlet_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, desk.activePerThread)
    }

    private mutating func run() {
        desk.attach(multi, as: number)
        while true {
            let orders = desk.take(desk.activePerThread - running.count)
            for number in orders.cancelled { end(number, with: .failure(CancellationError())) }
            for job in orders.jobs { begin(job) }
            if orders.isClosed, running.isEmpty { break }
            var count: Int32 = 0
            curl_multi_perform(multi, &count)
            // What has come free can be filled before there is anything to wait for.
            if endThoseDone() { continue }
            curl_multi_poll(multi, nil, 0, 10_000, nil)
        }
        desk.attach(nil, as: number)
        curl_multi_cleanup(multi)
    }

    private mutating func begin(_ job: TransferDesk.Job) {
        let desk = desk
        let handle = EasyHandle(job.transfer) { desk.isCancelled(job.number) }
        guard let handle, curl_multi_add_handle(multi, handle.handle) == CURLM_OK else {
            job.continuation.resume(throwing: CarrierError(.overloaded, "no memory for another transfer"))
            return
        }
        running[job.number] = Running(handle: handle, job: job)
    }

    private mutating func endThoseDone() -> Bool {
        var isAny = false
        var code = CURLE_OK
        while let done = martlet_curl_next_done(multi, &code) {
            isAny = true
            guard let (number, transfer) = running.first(where: { $0.value.handle.handle == done }) else { continue }
            let isCancelled = code == CURLE_ABORTED_BY_CALLBACK
            end(number, with: isCancelled ? .failure(CancellationError()) : .success(transfer.handle.result(code)))
        }
        return isAny
    }

    private mutating func end(_ number: Int, with result: Result<TransferResult, any Error>) {
        guard let transfer = running.removeValue(forKey: number) else { return }
        curl_multi_remove_handle(multi, transfer.handle.handle)
        transfer.job.continuation.resume(with: result)
    }
}
