# Lời của Lanh nói với mọi người. Trẻ và người giám hộ đọc cùng một câu.

## Khoảng thời gian và thời điểm

duration-seconds = { $count } giây
duration-minutes = { $count } phút
duration-hours = { $count } giờ
duration-hours-minutes = { $hours } { $minutes }
time-left = còn { $duration }
weekday = { $day ->
    [mon] thứ Hai
    [tue] thứ Ba
    [wed] thứ Tư
    [thu] thứ Năm
    [fri] thứ Sáu
    [sat] thứ Bảy
   *[sun] Chủ nhật
}
weekday-short = { $day ->
    [mon] T2
    [tue] T3
    [wed] T4
    [thu] T5
    [fri] T6
    [sat] T7
   *[sun] CN
}
every-day = hằng ngày
# $kind: where the moment lies, seen from now.
time = { $kind ->
    [today] { $time }
    [midnight] nửa đêm
    [tomorrow] { $time } ngày mai
    [weekday] { $time } { $weekday }
   *[date] { $time } ngày { $date }
}
at = { $kind ->
    [today] lúc { $time }
    [midnight] lúc nửa đêm
    [tomorrow] lúc { $time } ngày mai
    [weekday] lúc { $time } { $weekday }
   *[date] lúc { $time } ngày { $date }
}
until = { $kind ->
    [today] đến { $time }
    [midnight] đến nửa đêm
    [tomorrow] đến { $time } ngày mai
    [weekday] đến { $time } { $weekday }
   *[date] đến { $time } ngày { $date }
}

## Đối tượng của quy tắc

category = { $category ->
    [game] trò chơi
    [learning] học tập
    [social] mạng xã hội
    [video] xem phim, video
    [browser] trình duyệt
    [creative] sáng tạo
    [system] hệ thống
   *[other] chương trình khác
}
target-category = { $category ->
    [game] tất cả trò chơi
    [learning] tất cả ứng dụng học tập
    [social] tất cả ứng dụng mạng xã hội
    [video] tất cả ứng dụng xem video
    [browser] tất cả trình duyệt
    [creative] tất cả ứng dụng sáng tạo
    [system] tất cả công cụ hệ thống
   *[other] tất cả chương trình khác
}
target-each = { $category ->
    [game] mỗi trò chơi
    [learning] mỗi ứng dụng học tập
    [social] mỗi ứng dụng mạng xã hội
    [video] mỗi ứng dụng xem video
    [browser] mỗi trình duyệt
    [creative] mỗi ứng dụng sáng tạo
    [system] mỗi công cụ hệ thống
   *[other] mỗi chương trình khác
}
target-screen = việc dùng máy tính

## Quy tắc viết thành câu

rule-allowance-daily = Tối đa { $amount } mỗi ngày cho { $target }.
rule-allowance-days = Thời lượng cho { $target }: { $days }.
rule-allowance-part = { $days } tối đa { $amount }
rule-allowance-part-none = { $days } không có giờ
rule-allowance-part-open = { $days } không giới hạn
rule-allowance-weekly = Tối đa { $amount } mỗi tuần cho { $target }.
rule-schedule = Khung giờ được phép cho { $target }: { $days }.
rule-schedule-part = { $days } { $slots }
rule-schedule-part-closed = { $days } nghỉ
rule-schedule-slot = { $free ->
    [yes] { $from }–{ $until } (không tính giờ)
   *[no] { $from }–{ $until }
}
rule-break = Cứ { $stretch } cho { $target } thì nghỉ { $rest }.
rule-rating-ceiling = Được dùng chương trình có phân loại độ tuổi đến { $age }+.
rule-block = Không mở: { $target }.
rule-exemption = Không tính giờ và luôn được mở: { $target }.
rule-allow-only = Chỉ được dùng: { $targets }.
rule-bank = Giờ chưa dùng của { $target } được để dành, nhiều nhất { $keep }; được mượn trước { $borrow } của ngày mai.
rule-earn = Cứ { $every } { $by } thì được thêm { $gives } { $target }, nhiều nhất { $most } mỗi ngày.
rule-health-text = Hiện lời nhắc sức khỏe sau mỗi { $every } dùng { $target }.
origin-guardian = Do người giám hộ đặt.
origin-preset = Theo { $preset }: { $citation }, từ ngày { $since }.
origin-class = Do { $class } đặt.
# Không nêu nguồn, dùng trong thông báo.
origin-preset-short = Theo { $preset }.
preset-name = { $preset ->
    [vn-147] mẫu Nghị định 147 (dưới 18 tuổi)
    [gentle-3-5] mẫu nhẹ nhàng cho trẻ 3–5 tuổi
    [gentle-6-8] mẫu nhẹ nhàng cho trẻ 6–8 tuổi
    [gentle-9-12] mẫu nhẹ nhàng cho trẻ 9–12 tuổi
    [gentle-13-15] mẫu nhẹ nhàng cho tuổi 13–15
    [gentle-16-17] mẫu nhẹ nhàng cho tuổi 16–17
   *[other] mẫu { $preset }
}
# Nguồn của các mẫu có sẵn; nguồn khác giữ nguyên như dịch vụ nêu.
preset-citation = { $preset ->
    [vn-147] Nghị định 147/2024/NĐ-CP, Điều 39 khoản 1 điểm e và g
    [gentle-3-5] Tổ chức Y tế Thế giới, Hướng dẫn về vận động, hành vi tĩnh tại và giấc ngủ cho trẻ dưới 5 tuổi (2019): trẻ 2–4 tuổi ngồi trước màn hình không quá 1 giờ mỗi ngày
    [gentle-6-8] Gợi ý của Lanh; tuyên bố Media Use in School-Aged Children and Adolescents của AAP (2016) khuyên đặt giới hạn nhất quán nhưng không nêu con số
    [gentle-9-12] Gợi ý của Lanh; tuyên bố Media Use in School-Aged Children and Adolescents của AAP (2016) khuyên đặt giới hạn nhất quán nhưng không nêu con số
    [gentle-13-15] Gợi ý của Lanh; tuyên bố Media Use in School-Aged Children and Adolescents của AAP (2016) khuyên đặt giới hạn nhất quán nhưng không nêu con số
    [gentle-16-17] Gợi ý của Lanh; tuyên bố Media Use in School-Aged Children and Adolescents của AAP (2016) khuyên đặt giới hạn nhất quán nhưng không nêu con số
   *[other] { $citation }
}

## Lý do

# $for: “ cho trò chơi này”, hoặc trống khi tiêu đề đã nêu tên.
cause-allowance-spent = Đã hết { $amount } của { $weekly ->
    [yes] tuần này
   *[no] hôm nay
}{ $for }{ $count ->
   *[other] .
}
for-target = cho { $target }
for-this = { $category ->
    [game] cho trò chơi này
    [learning] cho ứng dụng học tập này
    [social] cho ứng dụng mạng xã hội này
    [video] cho ứng dụng xem video này
    [browser] cho trình duyệt này
    [creative] cho ứng dụng sáng tạo này
    [system] cho công cụ hệ thống này
   *[other] cho chương trình này
}
cause-outside-hours = Bây giờ nằm ngoài khung giờ được phép cho { $target }.
cause-break-due = Đã đến giờ nghỉ, tạm rời { $target } { $rest }.
cause-rating-above = Chương trình này được phân loại { $rating }+; hiện được dùng đến { $ceiling }+.
cause-blocked = Có quy tắc chưa cho mở: { $target }.
cause-not-allowed-only = Hiện chỉ mở những chương trình đã chọn, và chưa có chương trình này.
cause-not-installed = Máy này chỉ mở những chương trình đã cài sẵn cho mọi người, không mở chương trình con tự chép vào.
# Đi sau “Đến 15:44,”.
coming-allowance-spent = sau đó là hết { $amount } của { $weekly ->
    [yes] tuần này
   *[no] hôm nay
}{ $for }{ $count ->
   *[other] .
}
coming-outside-hours = sau đó là hết khung giờ được phép cho { $target }.
coming-break-due = sau đó là giờ nghỉ { $rest }.
coming-other = sau đó chưa mở được theo một quy tắc khác.
reason-opens = Sẽ mở lại { $at }.
reason-helps = Có thể { $list }.
help-wait = chờ đến lúc đó
help-rest = nghỉ một lát
help-ask-for-time = xin thêm giờ
help-ask-to-change = nhờ người giám hộ đổi quy tắc
list-or = { $first } hoặc { $last }
can-ask-for-time = Con có thể xin thêm giờ.
can-ask-to-change = Con có thể nhờ người giám hộ đổi quy tắc.

## Tình trạng, nói ngắn

verdict-open = đang mở
verdict-open-until = mở { $until }
verdict-warned = còn { $left }, { $until }
verdict-held = đang tạm dừng, sẽ đóng { $at }
verdict-denied = chưa mở được lúc này
verdict-denied-until = chưa mở được, sẽ mở { $at }

## Thông báo

warning-title = Còn { $left }: { $target }
warning-body = { $until }, { $coming }
times-up-title = Hết giờ: { $app } đang tạm dừng
times-up-saves = { $count ->
    [0] Đã hết lượt lưu: phần chưa lưu sẽ mất khi chương trình đóng.
   *[other] Không có gì bị mất. Còn { $count } lượt lưu.
}
times-up-closes = Sẽ đóng { $at }.
times-up-closes-opens = Đóng { $closes }, mở lại { $opens }.
times-up-closes-as-it-opens = Đóng { $at }, sau đó mở lại được.
released-title = { $app } tiếp tục chạy
save-title = Con hãy lưu { $app } ngay bây giờ
save-body = Chương trình mở để lưu { $until }, rồi lại tạm dừng.
closing-title = { $app } sẽ đóng sau { $grace }
closing-body = Con hãy lưu ngay.
refused-title = Chưa mở được lúc này: { $app }
closed-title = { $app } đã đóng
locking-title = Đến lúc cho màn hình nghỉ
request-opened-title = { $name } xin thêm { $duration }: { $target }
request-granted-title = Đồng ý: thêm { $duration } cho { $target }
request-denied-title = Lần này chưa được: { $target }
request-denied-body = Con có thể nói chuyện thêm với người giám hộ.
granted-title = Con có thêm { $duration } cho { $target }
granted-body = Dùng được { $until }.
health-body = Lời nhắc nguyên văn theo Nghị định 147/2024/NĐ-CP, Điều 39, khoản 1, điểm g. Hôm nay đã chơi { $played }.
stopping-title = Lanh tạm ngưng một lát
stopping-body = Lanh sẽ tự chạy lại. Thời gian đã dùng vẫn được giữ.
action-ask = Xin thêm { $duration }
action-save = Lưu trò chơi
action-close = Đóng lại
action-help = Cần giúp đỡ ({ $number })
help-lines = Cần giúp đỡ: { $numbers }

## Khi dịch vụ từ chối

failure-needs-guardian = Việc này cần người giám hộ. Hãy nhập mã PIN của người giám hộ rồi thử lại.
failure-not-yours = Phần này của người khác. Mỗi tài khoản chỉ xem được phần của mình.
failure-wrong-secret = { $wait ->
    [none] Mã PIN chưa đúng. Hãy thử lại.
   *[other] Mã PIN chưa đúng. Hãy thử lại sau { $wait }.
}
failure-too-soon = { $wait ->
    [none] Mã PIN sai nhiều lần. Chờ một lát rồi thử lại.
   *[other] Mã PIN sai nhiều lần. Hãy thử lại sau { $wait }.
}
failure-not-set-up = Lanh chưa được thiết lập. Hãy chạy “lanh setup” trước.
# $detail: câu tiếp theo, hoặc trống.
failure-not-found = Không tìm thấy.{ $detail }
failure-invalid = Chưa làm được theo yêu cầu này.{ $detail }
failure-too-many-requests = Đã có nhiều lời xin đang chờ. Người giám hộ trả lời những lời đó trước.
failure-unavailable = Hiện chưa làm được việc này.{ $detail }
failure-internal = Dịch vụ gặp lỗi; các giới hạn vẫn được giữ. Hãy thử lại, rồi chạy “lanh doctor”.{ $detail }
# Dịch vụ nêu chi tiết bằng tiếng Anh.
failure-detail = Chi tiết: { $message }
error-not-running = Dịch vụ Lanh chưa chạy tại { $path }. Khởi động bằng “systemctl start lanhd”, hoặc chạy “lanhd” để dùng thử không cần quyền quản trị.
error-stranger = Dịch vụ tại { $path } thuộc tài khoản khác ({ $uid }) nên chưa gửi gì đến đó. Hãy chỉ đúng socket bằng --socket.
error-timeout = Dịch vụ không trả lời trong { $wait }. Các giới hạn vẫn được giữ. Hãy thử lại, rồi chạy “lanh doctor”.
error-version = Dịch vụ dùng phiên bản giao thức { $theirs }, còn chương trình này dùng { $ours }. Hãy cài cùng một phiên bản rồi khởi động lại dịch vụ.
error-closed = Dịch vụ đã đóng kết nối. Các giới hạn vẫn được giữ. Hãy thử lại.
error-wire = Mất kết nối với dịch vụ: { $detail }. Các giới hạn vẫn được giữ. Hãy thử lại.
