### Requests that wait for their answer.

none = no request waits for an answer
forget_question = their answers can then no longer be entered here; forget?
forget_deed = whether to forget
unchanged = nothing was changed
forgotten = { $requests ->
        [one] 1 request forgotten
       *[other] { $requests } requests forgotten
    }
