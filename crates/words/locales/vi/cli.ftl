# Lời của dòng lệnh.

plain = { $text }

## Những gì vừa gõ

input-duration = “{ $text }” không phải là khoảng thời gian. Hãy viết 45m, 1h30m hoặc 2h.
input-days = “{ $text }” không phải là ngày trong tuần. Hãy viết mon-fri, sat,sun, t2-t6 hoặc daily.
input-hours = “{ $text }” không phải là khung giờ trong ngày, hoặc các khung giờ chồng lên nhau. Hãy viết 17:00-20:30; muộn nhất là 24:00.
input-age = “{ $text }” không phải là phân loại độ tuổi. Hãy viết 0+, 12+, 16+ hoặc 18+.
input-category = “{ $text }” không phải là nhóm chương trình. Các nhóm là game, learning, social, video, browser, creative, system và other.
input-number = “{ $text }” không phải là số hợp lệ ở đây.
input-yes-no = “{ $text }” không phải yes hay no.
input-date = “{ $text }” không phải là ngày hợp lệ ở đây. Hãy viết như 2026-11-24; ngày cuối không trước ngày đầu.
input-time = “{ $text }” không phải là thời điểm. Hãy viết 17:30, hoặc "2026-11-24 17:30".
input-year = “{ $text }” không phải là năm sinh của trẻ. Hãy viết bốn chữ số, như 2015.
input-rule = “{ $text }” không phải là loại quy tắc. Các loại là limit, hours, break, ceiling, block, exempt, only và health-text; “lanh rule add --help” giải thích từng loại.
input-rule-shape = Quy tắc này còn thiếu hoặc thừa. Hãy viết như: { $text }
input-rule-line = “{ $line }”: { $detail }
input-option = Tùy chọn { $text } không dùng được với quy tắc này.
input-too-long = “{ $text }” dài hơn ngày hoặc tuần mà nó áp dụng.
input-no-app = Không có chương trình nào tên “{ $text }”. “lanh app list” liệt kê các chương trình.
input-many-apps = “{ $text }” có thể là nhiều chương trình: { $names }. Hãy ghi rõ mã.
input-name = Không dùng được tên “{ $text }”. Tên có từ 1 đến 64 chữ.
input-secret-file = Không dùng được tệp { $path } chứa mã PIN: { $detail }.
input-no-secret = Việc này cần mã PIN của người giám hộ. Hãy gõ khi được hỏi, hoặc dùng --secret-file hay biến LANH_SECRET.
input-confirm = { $question } Thêm --yes để đồng ý.
input-no-child = Không có trẻ nào tên “{ $name }”. Hiện có: { $names }.
input-many-children = Có nhiều trẻ tên “{ $name }”: { $names }. Hãy ghi số.
input-which-child = Bạn muốn nói đến trẻ nào? { $names }.
input-no-preset = Không có mẫu “{ $text }”. Các mẫu hiện có: { $names }.
input-no-account = Máy này không có tài khoản người dùng “{ $text }”. Các tài khoản: { $names }.
input-no-request = Không có lời xin nào đang chờ mang số { $id }. “lanh request list” liệt kê các lời xin đang chờ.
input-nothing-to-change = Chưa có gì để thay đổi. “--help” cho biết có thể đổi những gì.
input-setting = Không đặt được “{ $text }”. “lanh settings show” liệt kê các mục và giá trị; hãy viết KEY=VALUE.
input-policy-form = Tệp thuộc dạng { $form }; chương trình này đọc dạng { $known }.
input-setup-flags = Ở đây không hỏi được ai, nên cần thêm: { $flags }.
input-why = Hãy nói rõ: “lanh why minecraft”, “lanh why An game”, hoặc “lanh why An --at 17:30”.

## Kết quả

nothing-changed = Chưa có gì thay đổi.
unexpected-answer = Dịch vụ trả lời không đúng câu hỏi. Hãy cài cùng một phiên bản rồi thử lại.
file-failed = { $path }: { $detail }
no-children = Chưa có trẻ nào. “lanh setup” thêm trẻ đầu tiên.
no-rules = Chưa có quy tắc nào: mọi thứ đều mở. Dùng “lanh rule add” hoặc “lanh preset apply” để đặt.
no-history = Chưa có thay đổi nào.
no-apps = Chưa có chương trình nào để hiện. “lanh app rescan” tìm lại.
no-requests = Không có lời xin nào.
no-backups = Chưa có bản sao lưu. “lanh backup now” tạo một bản.
no-accounts = Máy này chưa có tài khoản cho trẻ. Hãy thêm một tài khoản không có quyền quản trị trong phần cài đặt hệ thống, rồi chạy lại setup.
no-preset = không dùng mẫu, đặt quy tắc sau
child-added = Đã thêm { $name }. Tiếp theo: “lanh preset list” hoặc “lanh rule add { $name } limit game 60m”.
child-changed = Đã thay đổi { $name }.
child-removed = Đã xóa { $name } cùng mọi dữ liệu về { $name }.
confirm-remove-child = Xóa { $name } cùng mọi quy tắc và thời gian đã dùng?
rule-added = Quy tắc { $id } cho { $name }: { $rule }
rule-removed = Quy tắc { $id } của { $name } không còn áp dụng. “lanh rule rollback” khôi phục lại.
ages = { $from }–{ $until } tuổi
preset-source = { $citation }, từ ngày { $since }
rescanning = Đang tìm các chương trình …
app-set = { $name } được xếp vào: { $category }.
grant-given = { $name } có thêm { $duration } cho { $target }, { $until }.
request-open = đang chờ
request-sent = Đã xin thêm { $duration }. Người giám hộ sẽ thấy.
request-answered = { $name }: { $said }
used-today = hôm nay đã dùng { $duration }
of-day = trong { $amount } hôm nay
of-week = trong { $amount } tuần này
status-grant = được cho thêm cho { $target }, { $left }, { $until }
no-companion = Chưa có báo cáo từ phiên làm việc, nên mọi chương trình đang chạy đều được tính giờ.
watch-hint = Ctrl+C để dừng theo dõi. Ở cửa sổ lệnh khác: lanh grant TÊN 15m · lanh why TÊN game
watch-waiting = Dịch vụ vừa ngưng. Đang chờ dịch vụ chạy lại; các giới hạn vẫn được giữ.
status-user-mode = Không có quyền quản trị: chỉ theo dõi tài khoản này, chương trình hết giờ bị dừng chứ không bị chặn từ lúc mở, và người biết cách có thể tắt dịch vụ.
usage-total = Tổng cộng { $duration }.
nothing-counted = Không tính giờ { $at }.
cost = { $kind ->
    [charged] có tính giờ
    [grant] dùng giờ được cho { $id }
   *[free] không tính giờ theo quy tắc { $id }
}
app-basis = { $basis ->
    [read] đọc được
    [known] theo hiểu biết chung
    [guardian] phụ huynh đã xếp
   *[guess] chưa xếp loại
}
app-perhaps = có thể là { $name } ({ $category })
basis = { $kind ->
    [in-front] đang ở phía trước
    [focus-unknown] không rõ cửa sổ nào ở phía trước
    [companion-silent] chưa có báo cáo từ phiên làm việc
    [strict] tính mọi chương trình đang chạy
   *[session-active] phiên làm việc đang hoạt động
}
audit-whole = Nhật ký toàn vẹn: { $entries } mục, không mục nào bị đổi hay thiếu.
audit-broken = Nhật ký bị hỏng tại mục { $seq } trong { $entries }: đã bị sửa từ bên ngoài hoặc hư hại.
backup-made = Đã tạo bản sao lưu { $name }.
backup-restored = Đã khôi phục bản sao lưu { $name }. Dữ liệu trước đó được cất riêng.
confirm-restore = Quay lại bản sao lưu { $name }?
about-setting = { $key ->
    [zone] múi giờ của gia đình
    [week-start] từ mon đến sun
    [retention-days] số ngày giữ thời gian đã dùng, 31 đến 3650
    [totals-only] yes: không giữ tên chương trình
    [help-lines] các số điện thoại, cách nhau bằng dấu phẩy
   *[idle-after] không chạm máy lâu như vậy thì xem như vắng mặt
}
doctor-broken = Có { $count } điểm bị hỏng; cách khắc phục ở ngay bên dưới mỗi điểm.
help-line-about = Trẻ em có thể gọi số này bất cứ lúc nào, miễn phí. Lanh không ghi lại việc này.
exported = Đã ghi { $count } trẻ vào { $path }.
import-adds = Sẽ thêm { $name }. Số quy tắc riêng: { $count }.
import-changes = Sẽ thay đổi { $name }. Số quy tắc riêng từ đó: { $count }.
confirm-import = Thực hiện?
imported = { $count } trẻ nay theo đúng tệp.

## Những bước đầu

setup-welcome = Lanh giữ thời gian mà gia đình đã thống nhất. Có ba bước: mã PIN, tài khoản của con, mẫu quy tắc.
setup-user-mode = Dịch vụ đang chạy không có quyền quản trị: chỉ theo dõi tài khoản này, để dùng thử.
setup-pin = Mã PIN hoặc cụm mật khẩu dành cho người giám hộ, để đổi quy tắc và trả lời lời xin.
setup-recovery = Mã này dùng để đặt lại PIN khi quên. Hãy ghi ra giấy; mã chỉ hiện một lần.
first-pin-is-set = Đã có mã PIN rồi; mã đó được giữ nguyên.
setup-done = { $name } dùng tài khoản { $account }, các giới hạn có hiệu lực từ bây giờ.
setup-next = Tiếp theo: “lanh status --watch” để theo dõi; “lanh rule list { $name }” để xem quy tắc.
prompt-language = Ngôn ngữ
language-not-kept = Chưa lưu được lựa chọn ngôn ngữ ({ $detail }). Dùng “--lang” để chọn mỗi lần.
prompt-pin = Mã PIN của người giám hộ
prompt-new-pin = Mã PIN hoặc cụm mật khẩu mới
prompt-pin-again = Nhập lại
pins-differ = Hai lần nhập không giống nhau. Hãy nhập lại từ đầu.
confirm-recovery = Bạn đã ghi mã ra giấy chưa?
prompt-account = Tài khoản nào là của con?
prompt-child-name = Tên của con
prompt-birth-year = Năm sinh
prompt-preset = Dùng mẫu nào?
account-administrator = quản trị viên
account-no-password = không có mật khẩu
warn-administrator = { $account } có quyền quản trị máy nên có thể tắt Lanh. Hãy cho con dùng tài khoản không có quyền này.

replay-no-difference = Lẽ ra không có gì khác.

dispute-sent = Bố mẹ sẽ xem lại: { $duration } đang được khiếu nại.
dispute-says = { $name } khiếu nại { $stretch }, { $target }: { $duration }
dispute-evidence = Những gì đã thấy và đã tính lúc đó:
dispute-accepted = { $name } được trả lại { $duration }.
dispute-denied = Vẫn tính như cũ, và { $name } đọc được lý do.
dispute-was-accepted = đã trả lại { $duration }
dispute-was-denied = vẫn tính như cũ. { $words }
no-disputes = Không có khiếu nại nào.
borrowed = Hôm nay được thêm { $duration } mượn của ngày mai.
report-title = { $name }, từ { $from } đến { $until }
report-what = mục
report-used = đã dùng
report-counted = bị tính
report-granted = được cho thêm
