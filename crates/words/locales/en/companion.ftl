# What the companion in a desktop session says by itself.

companion-asked-title = Asked
companion-asked-body = A guardian sees that you would like { $duration } more for { $target }. The answer appears here.
companion-not-done-title = That did not work
companion-not-done-over = It is not running any more.
companion-not-done-not-now = It is not possible right now.
companion-not-done-too-soon = You have asked already. Wait a little for the answer.
companion-not-done-unreached = Lanh cannot be reached right now. Try again in a moment.

# The icon in the tray.
tray-left = { $target }: { $left } left
tray-over = { $target }: time is up
tray-no-limit = No limit today
tray-open = Open Lanh
tray-help-title = You are not alone
tray-help-words = If somebody hurts you, frightens you or asks for something you do not want, call. It is free, day and night, and the people there listen.
