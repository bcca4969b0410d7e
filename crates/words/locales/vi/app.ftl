# Ứng dụng trên màn hình: cửa sổ cho phụ huynh và cho con.

## Dùng chung

waiting = Xin chờ một chút…
close = Đóng
cancel = Thôi
continue = Tiếp tục
back = Quay lại
undo = Hoàn tác
undone = Đã hoàn tác, mọi thứ như trước.
toasts = Vừa diễn ra
past = { $kind ->
    [today] hôm nay lúc { $time }
    [yesterday] hôm qua lúc { $time }
   *[date] ngày { $date } lúc { $time }
}
print = In ra
skip = Đến phần nội dung
language = Ngôn ngữ
preferences = Giao diện
theme = Màu sắc
theme-system = Theo hệ thống
theme-light = Sáng
theme-dark = Tối
theme-contrast = Tương phản cao
about = Lanh { $version }. Mọi dữ liệu chỉ nằm trên máy này.
failed-title = Cửa sổ này gặp lỗi
failed-words = Các giới hạn vẫn có hiệu lực. Hãy mở lại cửa sổ; nếu vẫn lỗi, hãy nhờ người trông coi máy tính này.
failed-again = Mở lại
how-long = Bao lâu
hours-unit = giờ
minutes-unit = phút
plus-minutes = +{ $count } phút
age-now = { $age } tuổi

## Dịch vụ không trả lời

offline-title = Dịch vụ Lanh chưa trả lời
offline-means = Các giới hạn đã đặt sẽ có hiệu lực ngay khi dịch vụ chạy lại. Thời gian đã dùng vẫn được giữ.
offline-trying = Đang thử lại. Cửa sổ sẽ tự trở lại.
app-trouble-not-running = Dịch vụ chưa chạy. Hãy khởi động lại máy; nếu vẫn chưa được, hãy cài lại Lanh. Không mất gì cả.
app-trouble-stranger = Có chương trình khác đứng ở chỗ của dịch vụ, nên chưa có gì được gửi đi. Hãy hỏi người trông coi máy tính này.
app-trouble-timeout = Không có trả lời trong { $wait }. Các giới hạn vẫn có hiệu lực. Hãy thử lại.
app-trouble-version = Dịch vụ và cửa sổ này khác phiên bản ({ $theirs } và { $ours }). Hãy khởi động lại máy để hoàn tất cập nhật.
app-trouble-locked = Cửa sổ đã tự khóa. Hãy nhập mã PIN trước.
app-trouble-unsaved = Chưa lưu được tệp: { $detail }. Hãy giải phóng chỗ trống hoặc xem thư mục tải về có ghi được không.
app-trouble-administrator = { $detail ->
    [none] Chưa đặt được: quản trị viên chưa xác nhận.
   *[other] Chưa đặt được: { $detail }
}
app-failure-not-set-up = Lanh chưa được thiết lập.
app-failure-internal = Dịch vụ gặp lỗi; các giới hạn vẫn có hiệu lực. Hãy thử lại. Nếu vẫn lỗi, mục “An toàn” cho biết cần làm gì.{ $detail }

## Mã PIN

pin = Mã PIN hoặc cụm mật khẩu
pin-title = Dành cho phụ huynh
pin-why = Quy tắc của các con trên máy này được giữ sau mã PIN.
pin-open = Mở
pin-forgotten = Quên mã?
pin-remembered = Tôi nhớ mã PIN
pin-forgotten-how = Nhập mã khôi phục đã giữ khi thiết lập lần đầu, rồi chọn mã PIN mới.
pin-code = Mã khôi phục
pin-new = Mã PIN hoặc cụm mật khẩu mới
pin-set-new = Đặt mã PIN mới
pin-new-code = Mã khôi phục mới
pin-new-code-why = Mã cũ đã dùng rồi. Hãy ghi mã này ra giấy và cất nơi con không thấy.
lock = Khóa

## Thiết lập lần đầu

first-steps = Các bước
first-step = Bước { $at } trên { $of }
first-welcome = Giờ dùng máy: cùng thỏa thuận, cùng giữ lời
first-welcome-words = Phụ huynh đặt thời lượng, khung giờ và chương trình. Con thấy mình còn bao nhiêu và vì sao, được nhắc trước, không mất ván đang chơi. Chỉ mất ba phút.
first-user-mode = Chỉ tài khoản này
first-user-mode-words = Lanh đang chạy không có quyền quản trị: chỉ theo dõi được tài khoản này, và con có thể tắt nếu biết cách. Phù hợp để dùng thử.
first-administrator = Cần người quản trị máy
first-administrator-words = Mã PIN đầu tiên do người quản trị máy đặt. Hãy gõ “sudo lanh setup” trong cửa sổ dòng lệnh, hoặc nhờ người trông coi máy; sau đó cửa sổ này tự tiếp tục.
first-begin = Bắt đầu
first-pin = Chọn mã PIN của phụ huynh
first-pin-words = Dùng mã này để đổi quy tắc và cho thêm giờ. Đừng dùng ngày sinh hay mã mà con từng thấy.
first-pin-administrator = Tiếp theo, máy sẽ hỏi mật khẩu quản trị: mã PIN đầu tiên do quản trị viên đặt.
pin-choose = Mã PIN (từ 4 chữ số) hoặc cụm mật khẩu (từ 8 ký tự)
pin-again = Nhập lại lần nữa
pins-differ-yet = Hai lần nhập chưa giống nhau.
strength-hint = Sáu chữ số là tốt; cả một câu thì mạnh hơn.
strength = { $level ->
    [short] Còn ngắn quá
    [simple] Dễ đoán quá
    [fair] Tạm được: sáu chữ số sẽ tốt hơn
    [good] Tốt
   *[strong] Mạnh
}
recovery-title = Ghi mã này ra giấy
recovery-words = Nếu quên mã PIN, chỉ có mã này giúp mở lại. Mã chỉ hiện một lần.
recovery-kept = Tôi đã cất mã
first-child = Tài khoản nào là của con?
first-child-words = Quy tắc đi theo tài khoản mà con đăng nhập. Tài khoản của phụ huynh giữ nguyên.
first-child-account = Tài khoản
first-no-accounts = Chưa có tài khoản nào để chọn
first-no-accounts-words = Hãy tạo cho con một tài khoản riêng, không có quyền quản trị, trong phần cài đặt hệ thống. Khi quay lại, tài khoản sẽ tự hiện ở đây.
account-is-administrator = quản trị viên
account-has-no-password = không có mật khẩu
warn-child-administrator = { $name } có quyền quản trị máy này
warn-child-administrator-words = Người quản trị có thể tắt Lanh. Hãy bỏ quyền đó trong cài đặt người dùng; nếu không, quy tắc chỉ được giữ khi con muốn giữ.
warn-open-accounts = Không có mật khẩu: { $names }
warn-open-accounts-words = Con có thể đăng nhập vào đó và chơi ngoài quy tắc. Hãy đặt mật khẩu cho tài khoản ấy.
child-name = Tên con
birth-year = Năm sinh
birth-year-hint = Ví dụ: 2015
birth-year-wrong = Hãy nhập năm, ví dụ 2015.
first-preset = Quy tắc ban đầu cho { $name }
first-preset-words = Phụ huynh có thể đổi từng quy tắc bất cứ lúc nào.
first-preset-choose = Quy tắc ban đầu
preset-suits = hợp lứa tuổi
preset-none = Chưa đặt quy tắc
preset-none-words = Chỉ hiện thời gian, không giới hạn gì.
preset-legal-source = Nguồn: { $citation }. Từ ngày { $since }.
first-put = Áp dụng
first-done-title = Đã thiết lập cho { $name }
first-done = Từ bây giờ quy tắc có hiệu lực với tài khoản { $account }. Lần đăng nhập tới, { $name } sẽ thấy mình còn bao nhiêu thời gian.
first-done-next = Phụ huynh có thể đổi quy tắc, cho thêm giờ hoặc xem lại tuần bất cứ lúc nào.
first-another = Thêm một con nữa
first-today = Đến hôm nay

## Cửa sổ của phụ huynh

nav = Các màn hình
nav-today = Hôm nay
nav-rules = Quy tắc
nav-apps = Chương trình
nav-usage = Sử dụng
nav-safety = An toàn
child-switch = Con
child-all = Tất cả các con
add-child = Thêm con
today-empty = Chưa có con nào
today-empty-words = Hãy chọn tài khoản mà con đăng nhập và quy tắc ban đầu. Chỉ mất một phút.
today-user-mode = Lanh đang chạy không có quyền quản trị: chỉ theo dõi tài khoản này và có thể bị tắt.
ring-label = { $target }: { $left } trên { $amount }
ring-hours-left = giờ còn lại
ring-minutes-left = { $count ->
   *[other] phút còn lại
}
used-of-day = hôm nay đã dùng { $used } trên { $amount }
used-of-week = tuần này đã dùng { $used } trên { $amount }
no-budget = Hôm nay { $used }. Chưa đặt thời lượng mỗi ngày.
state-using = đang dùng { $app }
state-paused = { $app } đang tạm dừng
state-quiet = hiện không tính giờ
running = Đang mở
running-in-use = đang dùng
running-behind = chạy nền
grant-left = thêm { $left } cho { $target }
grant-take-back = lấy lại
requests = Lời xin thêm giờ
request-of = Lời xin của { $name }
request-asks = { $name } xin { $duration }: { $target }
request-give = Cho { $duration }
request-other = Khác…
request-no = Chưa được…
request-other-title = Cho { $name } bao lâu?
request-no-title = { $name } ơi, chưa được
request-no-word = Vài lời nhắn kèm
request-no-hint = Vì sao, hoặc khi nào thì được. Con sẽ đọc lời này.
request-no-send = Trả lời chưa được
bonus = Cho thêm giờ…
bonus-title = Cho { $name } thêm giờ
bonus-for = Cho việc gì
bonus-effect = { $name } có thêm { $duration } cho { $target } trong hôm nay, ngay bây giờ.
bonus-give = Cho

## Cửa sổ của con

for-guardians = Dành cho phụ huynh
child-left = Còn { $left } cho { $target }
child-over = Đã hết giờ cho { $target }
child-closed = Giờ này màn hình nghỉ
child-no-limit = Hôm nay không giới hạn
child-screen = Máy tính: { $verdict }.
why = Vì sao?
ask-for-time = Xin thêm giờ
ask-for-what = Cho việc gì?
ask-how-long = Bao lâu?
ask-why = Vì sao?
ask-why-hint = Nói nếu con muốn. “Con muốn chơi nốt màn này” là một lý do tốt.
ask-send = Gửi lời xin
request-waits = Con đã xin { $duration } cho { $target }. Đang chờ trả lời.
held-title = { $app } đang tạm dừng, không mất gì cả
held-words = Con có thể lưu lại, xin thêm giờ hoặc đóng. Hiện
my-rules = Quy tắc của con
my-rules-title = Những quy tắc dành cho con
my-rules-none = Hiện không có quy tắc nào cho con.
my-rules-kept = Lanh chỉ ghi con dùng chương trình nào và bao lâu, ngay trên máy này. Lanh không bao giờ thấy con gõ gì hay xem gì.
help-button = Cần giúp đỡ ({ $number })
help-title = Con không một mình
help-words = Nếu có ai làm con đau, làm con sợ hay đòi con điều con không muốn, hãy gọi. Miễn phí, cả ngày lẫn đêm, luôn có người lắng nghe.
help-national = Tổng đài quốc gia bảo vệ trẻ em
help-local = Đường dây gần con
help-secret = Việc mở mục này không được ghi lại ở đâu. Không ai được báo.

## Quy tắc

rules-of = Quy tắc của { $name }
rules-empty = { $name } chưa có quy tắc nào
rules-empty-words = Hãy bắt đầu bằng thời lượng mỗi ngày hoặc khung giờ được phép; mỗi quy tắc là một câu.
rule-add = Thêm quy tắc
rule-kind = { $kind ->
    [allowance] Thời lượng
    [schedule] Khung giờ được phép
    [break] Giờ nghỉ
    [rating-ceiling] Phân loại độ tuổi
    [block] Không mở
    [exemption] Không tính giờ
    [allow-only] Chỉ những chương trình này
    [bank] Để dành giờ
    [earn] Kiếm thêm giờ
   *[health-text] Lời nhắc sức khỏe
}
rule-kind-words = { $kind ->
    [allowance] Tối đa bao lâu mỗi ngày hoặc mỗi tuần, cho máy tính, trò chơi hay một chương trình.
    [schedule] Chỉ trong những giờ này, tô trên lịch tuần.
    [break] Dùng liền một lúc thì nghỉ một lúc.
    [rating-ceiling] Không mở chương trình dành cho tuổi lớn hơn.
    [block] Hoàn toàn không mở.
    [exemption] Luôn mở và không tính giờ, ví dụ để học.
    [allow-only] Chỉ những chương trình đã chọn.
    [bank] Giờ chưa dùng được để dành cho hôm sau, và mượn trước được một ít của ngày mai.
    [earn] Ví dụ: học thì được thêm giờ chơi.
   *[health-text] Dòng chữ hiện khi đang chơi.
}
rule-target = Dành cho
rule-remove = Xóa: { $rule }
rule-saved = Đã lưu: { $rule }
rule-is-removed = Đã xóa: { $rule }
rule-at-once = Có hiệu lực ngay với { $name }.
rule-will = Có hiệu lực với { $name } ngay khi lưu. Thời gian đã dùng hôm nay vẫn được tính.
rule-save = Lưu
history = Các thay đổi
history-title = Các thay đổi quy tắc của { $name }
history-words = Mới nhất ở trên. Không mất gì: quay lại cũng là một thay đổi, và cũng hoàn tác được.
history-none = Chưa có thay đổi nào.
history-back = Quay lại trước thay đổi này
history-will = { $later ->
    [0] Quy tắc của { $name } sẽ trở lại như trước thay đổi này, ngay bây giờ:
   *[other] Quy tắc của { $name } sẽ trở lại như trước thay đổi này; { $later } thay đổi sau đó cũng được bỏ:
}
history-same = Hiện đã đúng những quy tắc đó. Cách nhắc và mức độ chặt chẽ sẽ trở lại như trước.
history-do = Quay lại
history-is-back = Quy tắc của { $name } đã như trước thay đổi { $at }.
change-summary = { $kind ->
    [added] { $count ->
        [1] Đã thêm một quy tắc.
       *[other] Đã thêm { $count } quy tắc.
    }
    [removed] { $count ->
        [1] Đã bỏ một quy tắc.
       *[other] Đã bỏ { $count } quy tắc.
    }
   *[changed] { $count ->
        [1] Đã sửa một quy tắc.
       *[other] Đã sửa { $count } quy tắc.
    }
}
change-none = Đã đổi cách nhắc hoặc mức độ chặt chẽ.
change-mixed = Nhiều quy tắc: { $parts }.
change-part = { $kind ->
    [added] thêm { $count }
    [removed] bỏ { $count }
   *[changed] sửa { $count }
}
change-by = { $by ->
    [guardian] do phụ huynh
    [administrator] do người quản trị máy
    [service] do Lanh
   *[other] do { $by }
}
change-before = Trước:
change-after = Sau:
replay-title = Nếu áp dụng cho những tuần qua
replay-trying = Đang thử với bốn tuần qua…
replay-failed = Lúc này chưa thử được với những tuần qua. Vẫn lưu được như thường.
replay-answer = { $kind ->
    [unused] Bốn tuần qua không dùng gì nên chưa có gì để so sánh.
    [same] Bốn tuần qua không ngày nào phải ngắn hơn.
   *[cut] Trong { $used } ngày dùng máy của bốn tuần qua, { $days } ngày sẽ ngắn hơn, tổng cộng { $lost }.
}
allowance-per = Cách tính
allowance-day = mọi ngày như nhau
allowance-days = riêng từng thứ
allowance-week = theo tuần
allowance-each-day = Số phút mỗi ngày; để trống: không giới hạn
allowance-minutes-on = Số phút { $day }
break-after = Sau khi dùng liền
break-rest = thì nghỉ
ceiling = Phân loại cao nhất được dùng
health-every = Sau mỗi
allow-only-elsewhere = Hiện danh sách này được đổi bằng lệnh “lanh rule”; ở đây có thể xem và xóa quy tắc.
paint-with = Tô bằng
paint-open = Được phép
paint-free = Không tính giờ
paint-closed = Nghỉ
paint-how = Kéo chuột qua các giờ. Bằng bàn phím: mũi tên để di chuyển, phím cách để tô, giữ shift cùng mũi tên để tô tiếp.
paint-grid = Các giờ trong tuần

## Sử dụng

usage-before = { $period ->
    [week] Tuần
   *[month] Tháng
} trước
usage-next = { $period ->
    [week] Tuần
   *[month] Tháng
} sau
usage-period = Xem bao lâu một lần
usage-by = { $period ->
    [week] Tuần
   *[month] Tháng
}
month = tháng { $number } năm { $year }{ $name ->
   *[other] { "" }
}
week-this = Tuần này
week-of = { $from } – { $until }
as-chart = Xem biểu đồ
as-table = Xem bảng
usage-answer = { $name } đã dùng máy { $total }.
usage-change = { $way ->
    [less] Ít hơn { $amount } so với
    [more] Nhiều hơn { $amount } so với
   *[same] Bằng
} { $period ->
    [week] tuần
   *[month] tháng
} trước{ $part ->
    [yes] { " " }tính đến cùng ngày.
   *[no] .
}
usage-empty = { $period ->
    [week] Tuần
   *[month] Tháng
} này { $name } chưa dùng gì
usage-empty-words = Thời gian dùng máy hiện ở đây ngay từ phút đầu tiên.
usage-apps = Chương trình
usage-no-apps = Chỉ lưu tổng số, không lưu tên chương trình.
axis-hours = { $hours } giờ
bar-day = { $limit ->
    [none] { $day }: { $used }, không giới hạn
   *[other] { $day }: { $used } trên { $limit }
}
legend-limit = thời lượng mỗi ngày
legend-before = tuần trước
legend-used = đã dùng trên thời lượng mỗi ngày
legend-over = quá thời lượng mỗi ngày
bar-before = (tuần trước: { $used })
day-point = Trỏ vào một đoạn, hoặc dùng các phím mũi tên, để xem vì sao đoạn đó được tính.
counted-for = Được tính vào:
export = Lưu thành tệp
export-as = { $kind ->
    [csv] Bảng (CSV)
   *[json] Đầy đủ (JSON)
}
export-words = { $kind ->
    [csv] mỗi ngày và mỗi chương trình một dòng, mở bằng bảng tính
   *[json] kèm từng đoạn và lý do được tính
}
export-saved = Đã lưu: { $file }
export-private = Ai mở tệp cũng đọc được. Hãy giữ như một bức thư.
day-empty = Ngày này không có gì.
counted-as = { $cost ->
    [charged] có tính giờ
    [grant] giờ được cho thêm
   *[free] không tính giờ
}
counted-because = { $basis ->
    [in-front] vì ở phía trước màn hình
    [focus-unknown] vì không rõ cửa sổ nào ở phía trước
    [companion-silent] vì phiên làm việc không báo gì
    [strict] vì mọi chương trình đang chạy đều tính
   *[session-active] vì có người đang dùng
}
table-day = Ngày
table-used = Đã dùng
table-limit = Thời lượng
table-no-limit = không giới hạn
table-what = Việc gì
table-when = Khi nào
table-why = Cách tính

## An toàn

safety-troubles = Lanh tự nhận thấy vấn đề
safety-check = Có thể lách quy tắc không?
safety-answer = { $worst ->
    [broken] Có, rất dễ. { $count } điều cần phụ huynh xử lý.
    [weak] Phần nào. { $count } điều có thể làm tốt hơn.
    [advice] Khó. Có { $count } lời khuyên.
   *[ok] Không tìm thấy kẽ hở nào.
}
safety-good = { $count } mục đều ổn
check-again = Kiểm tra lại
severity = { $severity ->
    [ok] ổn
    [advice] lời khuyên
    [weak] còn yếu
   *[broken] đang hở
}
safety-log = Những gì đã đổi và bị từ chối
safety-log-words = Mọi thay đổi quy tắc, mọi lần sai mã PIN, mọi lần từ chối đều được ghi thành chuỗi; không thể lén bỏ bớt.
log-verify = Kiểm tra chuỗi
log-whole = Chuỗi còn nguyên vẹn: { $count } mục.
log-broken = Chuỗi bị đứt ở mục { $at }.
log-broken-words = Đã có gì bị sửa hoặc bị bỏ. Hãy khôi phục bản sao lưu trước đó và đổi mã PIN.
log-lines = { $count } mục gần nhất
log-when = Khi nào
log-who = Ai
log-what = Việc gì
safety-private = Những gì được giữ lại
safety-private-words = Thời gian đã dùng được mã hóa trên máy này, và con xem được tất cả. Chỉ nên giữ những gì phụ huynh thật sự xem.
private-keep = Giữ thời gian đã dùng trong
private-days = { $days ->
    [31] một tháng
    [92] ba tháng
    [183] nửa năm
    [365] một năm
    [1095] ba năm
    [3650] mười năm
   *[other] { $days } ngày
}
private-names = Tên chương trình
private-named = Giữ lại
private-named-words = Phụ huynh thấy con dùng gì lúc nào; con xem được vì sao từng đoạn được tính.
private-totals = Chỉ giữ tổng số
private-totals-words = Tên chương trình được bỏ khi ngày và tuần tính giờ đã qua. Vẫn giữ theo nhóm và giờ dùng máy.
private-loses = { $kind ->
    [names] Tên chương trình của các tuần trước sẽ bị xóa hẳn.
    [days] Những gì cũ hơn { $days } sẽ bị xóa hẳn.
   *[both] Những gì cũ hơn { $days } và tên chương trình của các tuần trước sẽ bị xóa hẳn.
}
private-loses-words = Các giới hạn vẫn như cũ. Bản sao lưu trước đó vẫn còn giữ, cho đến khi được thay bằng bản mới.
private-saved = { $totals ->
    [yes] Thời gian đã dùng được giữ trong { $days }, chỉ tổng số.
   *[no] Thời gian đã dùng được giữ trong { $days }, kèm tên chương trình.
}
private-saved-again = Hoàn tác chỉ đổi những gì được giữ từ bây giờ; dữ liệu đã xóa không trở lại.
safety-backup = Sao lưu
safety-backup-words = Quy tắc và thời gian đã dùng, được mã hóa, ngay trên máy này. Thỉnh thoảng Lanh tự tạo một bản.
backup-now = Sao lưu ngay
backup-is-made = Đã sao lưu xong.
backup-none = Chưa có bản nào.
backup-restore = Quay về bản này
backup-restore-title = Quay về bản sao lưu?
backup-restore-words = Quy tắc và thời gian đã dùng sẽ trở lại như lúc { $at }. Dữ liệu hiện tại được cất riêng.
backup-is-restored = Quy tắc và thời gian đã trở lại như lúc { $at }.
kilobytes = { $count } kB

## Chương trình

apps-answer = { $unsorted ->
    [0] Cả { $count } chương trình đều đã được xếp loại.
   *[other] Có { $unsorted } chương trình mới: dùng để làm gì?
}
apps-look-again = Tìm lại
apps-looked = { $count ->
    [0] Không tìm thấy chương trình nào khác.
   *[other] Tìm thấy thêm { $count } chương trình.
}
apps-empty = Chưa biết chương trình nào
apps-empty-words = Chương trình hiện ở đây khi được cài vào máy hoặc khi con mở.
apps-sort = Xếp loại chương trình mới
apps-sort-how = Trước khi xếp loại, chúng chỉ tính vào giờ dùng máy. Bằng bàn phím: ↑ và ↓ để di chuyển, 1 đến 8 để xếp loại, Ctrl+Z để hoàn tác.
apps-known = Tất cả chương trình
apps-find = Tìm chương trình
apps-category = Xem loại nào
apps-all = Tất cả chương trình ({ $count })
apps-none = Không có chương trình nào tên như vậy.
apps-found = { $count } chương trình
apps-more = Hiện thêm { $count }
app-what = { $app } dùng để làm gì?
app-source = { $source ->
    [desktop] đã cài trên máy
    [steam] Steam
    [flatpak] Flatpak
    [snap] Snap
    [lutris] Lutris
    [heroic] Heroic
    [folder] trong thư mục chương trình
   *[path] thấy khi được mở
}
app-never-used = chưa dùng
app-last-used = dùng { $at }
app-because-short = { $basis ->
    [read] theo nguồn
    [known] thường biết
    [guardian] phụ huynh xếp
   *[guess] chưa xếp loại
}
app-because = { $basis ->
    [read] Phần mô tả của chương trình, hoặc nguồn mà Lanh dẫn, ghi như vậy.
    [known] Thường được biết là như vậy.
    [guardian] Phụ huynh đã xếp loại.
   *[guess] Chưa rõ dùng để làm gì: chỉ tính vào giờ dùng máy.
}
app-maybe = Theo tên tệp, có thể là { $name } ({ $category }). Phụ huynh quyết định.
app-for = Dùng để làm gì
app-rating = Phân loại độ tuổi
app-unrated = chưa phân loại
app-will = { $rating ->
    [none] { $app } thuộc nhóm “{ $category }”, chưa có phân loại độ tuổi. Quy tắc của nhóm có hiệu lực ngay khi lưu, cho tất cả các con.
   *[other] { $app } thuộc nhóm “{ $category }”, phân loại { $rating }. Quy tắc của nhóm có hiệu lực ngay khi lưu, cho tất cả các con.
}
app-is = { $rating ->
    [none] { $app }: { $category }.
   *[other] { $app }: { $category }, { $rating }.
}
app-at-once = Quy tắc của nhóm này áp dụng ngay, cho tất cả các con.

## Điều con thắc mắc

my-time = Giờ của con hôm nay
my-time-title = Hôm nay tính những gì
my-time-words = Từng đoạn đã tính giờ và vì sao. Nếu có đoạn chưa đúng, con hãy nói: phụ huynh sẽ xem lại.
my-time-none = Hôm nay chưa tính gì.
question = Chưa đúng?
question-why = Lúc đó thật ra là gì?
question-why-hint = Chỉ cần “Lúc đó con đi ăn cơm” là đủ.
question-send = Gửi
question-sent = Đã gửi. Phụ huynh sẽ xem lại.
question-state = { $state ->
    [open] { $target }, { $stretch }: đang chờ trả lời.
    [accepted] { $target }, { $stretch }: con được trả lại { $duration }.
   *[denied] { $target }, { $stretch }: vẫn tính giờ.
}
questions = Điều con thắc mắc
question-of = Thắc mắc của { $name }
question-asks = { $name } thắc mắc về { $stretch }, { $target }: { $duration }
question-evidence = Những gì đã thấy và đã tính lúc đó
question-give = Trả lại { $duration }
question-keep = Vẫn tính…
question-keep-title = Vẫn tính giờ
question-keep-hint = Vì sao. Con sẽ đọc lời này.
question-keep-send = Trả lời
question-given = { $name } được trả lại { $duration } cho { $target }, { $stretch }.
question-stays = { $target }, { $stretch } ({ $duration }) vẫn được tính, { $name } đọc được vì sao.
