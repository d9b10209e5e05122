-- A script of wrk: every request posts one transfer with an id of its own, on the connection that asks.
-- Arguments: the token, the ledger, the number of accounts (ids 1..n), the first transfer id, in this order.
local count, first, accounts, ledger

function init(arguments)
  wrk.method = "POST"
  wrk.path = "/api/v1/ledger/transfers"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  ledger = arguments[2]
  accounts = tonumber(arguments[3])
  first = tonumber(arguments[4])
  count = 0
end

function request()
  count = count + 1
  local debit = count % accounts + 1
  local credit = debit % accounts + 1
  return wrk.format(nil, nil, nil, string.format(
    '{"transfers":[{"id":"%d","debit_account_id":"%d","credit_account_id":"%d","amount":"1","ledger":%s,"code":1}]}',
    first + count, debit, credit, ledger))
end
