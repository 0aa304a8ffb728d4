-- For wrk: posts the Apple order on every connection, and says at the end how many answers were no success.
--   wrk -t1 -c64 -d10s -s test/bench/order.lua http://localhost:8000/orders/
-- No response() here: it would make wrk parse every header in Lua and measure that. The services never
-- redirect, so wrk's own count of codes from 400 on is the count of answers that are not 2xx.

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"item_name":"Apple","quantity":1,"price":100}'

function done(summary, latency)
    local errors = summary.errors
    local socket_errors = errors.connect + errors.read + errors.write + errors.timeout
    io.write(string.format("orders: %d, per second: %.0f, not 2xx: %d, socket errors: %d\n",
        summary.requests, summary.requests / (summary.duration / 1e6), errors.status, socket_errors))
    io.write(string.format("latency ms: p50 %.2f, p99 %.2f, max %.2f\n",
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
