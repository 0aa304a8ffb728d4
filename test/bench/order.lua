-- For wrk: posts an order on every connection, and says at the end how it went. After "--" the share of
-- orders whose payment fails, in percent; none without it.
--   wrk -t1 -c64 -d10s -s test/bench/order.lua http://localhost:8000/orders/ -- 10
-- No response() here: it would make wrk parse every header in Lua and measure that. The services never
-- redirect, so wrk's own count of codes from 400 on is the count of answers that are not 2xx.

local APPLE = '{"item_name":"Apple","quantity":1,"price":100}'
local BOMB = '{"item_name":"Bomb","quantity":1,"price":9999}'

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = APPLE

function init(arguments)
    local failing_percent = tonumber(arguments[1] or 0)
    if failing_percent == 0 then
        return -- no request() either: wrk sends the same bytes each time, without asking Lua
    end
    local apple, bomb = wrk.format(), wrk.format(nil, nil, nil, BOMB)
    local due_percent = 0
    function request()
        due_percent = due_percent + failing_percent
        if due_percent < 100 then
            return apple
        end
        due_percent = due_percent - 100
        return bomb
    end
end

function done(summary, latency)
    local errors = summary.errors
    local socket_errors = errors.connect + errors.read + errors.write + errors.timeout
    local seconds = summary.duration / 1e6
    io.write(string.format("orders: %d in %.3f s, per second: %.0f, not 2xx: %d, socket errors: %d\n",
        summary.requests, seconds, summary.requests / seconds, errors.status, socket_errors))
    io.write(string.format("latency ms: p50 %.3f, p99 %.3f, p99.9 %.3f, max %.3f\n",
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency:percentile(99.9) / 1000,
        latency.max / 1000))
end
