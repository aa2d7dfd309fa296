-- For wrk: sends the requests of a file in turn, and prints what came of them as one line of figures.

local requests, at = {}, 0

function init(args)
  wrk.method = args[2]
  for line in io.lines(args[1]) do
    local path, body = line:match("^([^\t]*)\t(.*)$")
    requests[#requests + 1] = wrk.format(nil, path, nil, body ~= "" and body or nil)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("FOUND %d %f %f %f %d\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50), latency:percentile(99), failed))
end
