# Những gì doctor tìm thấy, và lý do cụ thể khi chưa làm được. $detail: lời của hệ thống, bằng tiếng Anh.

## Kết quả kiểm tra

finding-user-mode = Dịch vụ chạy không có quyền quản trị: chỉ theo dõi tài khoản này, và người biết cách có thể tắt nó.
remedy-user-mode = Hãy cài gói phần mềm, hoặc chạy lanhd bằng root.
finding-gate = { $state ->
    [ok] Chương trình hết giờ bị chặn trước khi mở.
   *[missing] Chưa chặn được chương trình trước khi mở ({ $detail }); chương trình được phát hiện rồi đóng lại.
}
remedy-gate = Hãy chạy dịch vụ bằng root, trên nhân Linux có fanotify permission.
finding-process-connector = { $state ->
    [ok] Nhân hệ thống báo mọi chương trình mới mở.
   *[missing] Nhân hệ thống không báo chương trình mới mở ({ $detail }).
}
remedy-process-connector = Không cần làm gì: đã có cách khác thay thế.
finding-cgroup-freeze = { $state ->
    [ok] Chương trình được tạm dừng, con không tự mở lại được.
   *[missing] Con có thể tự chạy tiếp chương trình đang tạm dừng ({ $detail }).
}
remedy-cgroup-freeze = Hãy khởi động máy với cgroup v2 (systemd.unified_cgroup_hierarchy=1).
finding-pidfd = { $state ->
    [ok] Tín hiệu luôn đến đúng chương trình.
   *[missing] Nhân hệ thống quá cũ để gửi tín hiệu an toàn ({ $detail }).
}
remedy-pidfd = Hãy dùng nhân Linux 5.3 trở lên.
finding-sessions = { $state ->
    [ok] Lanh thấy các phiên đăng nhập và khóa được chúng.
   *[missing] Lanh không thấy các phiên đăng nhập ({ $detail }), nên khi hết giờ dùng máy không khóa được màn hình.
}
remedy-sessions = Hãy chạy systemd-logind.
finding-sealed-key = { $state ->
    [ok] Khóa của cơ sở dữ liệu được hệ thống niêm phong.
   *[missing] Khóa của cơ sở dữ liệu nằm trong tệp chỉ dịch vụ đọc được ({ $detail }).
}
remedy-sealed-key = Dùng systemd 250 trở lên để niêm phong khóa.
finding-clock = { $state ->
    [ok] Đồng hồ của máy được đồng bộ.
   *[missing] Đồng hồ của máy chưa được đồng bộ; Lanh dùng giờ tin cậy riêng.
}
remedy-clock = Hãy bật đồng bộ giờ: timedatectl set-ntp true
finding-memfd = { $state ->
    [ok] Không thể chạy chương trình từ bộ nhớ.
   *[missing] Có thể chạy chương trình từ bộ nhớ để tránh bị chặn ({ $detail }).
}
remedy-memfd = Hãy đặt sysctl vm.memfd_noexec bằng 2.
finding-clock-apart = { $way ->
    [ahead] Đồng hồ của máy nhanh hơn giờ tin cậy { $duration }: có người đã chỉnh tới. Các giới hạn theo giờ tin cậy.
   *[behind] Đồng hồ của máy chậm hơn giờ tin cậy { $duration }: đã bị chỉnh lùi, hoặc trước đó chạy nhanh. Các giới hạn theo giờ tin cậy.
}
remedy-clock-apart = Hãy chỉnh lại đồng hồ cho đúng; khi đã bật đồng bộ giờ, Lanh tin đồng hồ chạy trước.
finding-no-child = Chưa thiết lập cho trẻ nào: chưa có giới hạn.
remedy-no-child = Hãy chạy: lanh setup
finding-accounts = Không đọc được các tài khoản của máy ({ $detail }).
remedy-accounts = Hãy kiểm tra quyền đọc /etc/passwd.
finding-child-is-administrator = Tài khoản { $account } của { $child } có quyền quản trị, có thể tắt mọi giới hạn.
remedy-child-is-administrator = Dùng tài khoản quản trị khác để bỏ quyền: deluser { $account } sudo
finding-no-password = Tài khoản { $account } không có mật khẩu: trẻ có thể đăng nhập vào đó.
remedy-no-password = Hãy đặt mật khẩu: passwd { $account }
finding-spare-account = Tài khoản { $account } không thuộc về trẻ nào: thời gian ở đó không được tính.
remedy-spare-account = Nếu trẻ dùng tài khoản này, hãy gắn vào: lanh child set TÊN --account { $account }
finding-child-without-account = { $child } chưa có tài khoản trên máy này: chưa có giới hạn.
remedy-child-without-account = Hãy gắn một tài khoản: lanh child set { $child } --account TÀI_KHOẢN
finding-child-without-rules = { $child } chưa có quy tắc nào.
remedy-child-without-rules = Hãy bắt đầu với một mẫu: lanh preset apply { $child } vn-147
finding-own-programs = { $child } mở được chương trình tự chép vào thư mục riêng hoặc từ USB: chương trình lạ được tính giờ chứ không bị chặn.
remedy-own-programs = Nếu chỉ muốn mở chương trình đã cài sẵn cho mọi người: lanh child set { $child } --strict-programs yes
finding-secret = { $state ->
    [ok] Đã có mã PIN của người giám hộ.
   *[missing] Chưa có mã PIN của người giám hộ.
}
remedy-secret = Hãy chạy: lanh setup
finding-database = { $state ->
    [ok] Cơ sở dữ liệu toàn vẹn.
   *[missing] Cơ sở dữ liệu có vấn đề ({ $detail }).
}
remedy-database = Hãy quay lại một bản sao lưu: lanh backup list, rồi lanh backup restore TÊN
finding-audit = { $state ->
    [ok] Nhật ký toàn vẹn: { $entries } mục.
   *[missing] Nhật ký bị hỏng tại mục { $at }: đã bị sửa từ bên ngoài hoặc hư hại.
}
remedy-audit = Hãy hỏi xem ai có quyền root trên máy này.
finding-backup = { $state ->
    [ok] Bản sao lưu mới nhất: { $at } (UTC).
   *[missing] Chưa có bản sao lưu; mỗi ngày Lanh tạo một bản.
}
remedy-backup = Tạo ngay một bản: lanh backup now
finding-not-refused = Chương trình được phát hiện rồi đóng lại chứ không bị chặn từ lúc mở: chưa bật được bộ chặn ({ $detail }).
finding-gate-failed = Bộ chặn gặp lỗi ({ $detail }): chương trình được phát hiện rồi đóng lại chứ không bị chặn từ lúc mở.
remedy-restart = Hãy khởi động lại dịch vụ, và xem nhật ký nếu còn lặp lại.
finding-restore-failed = Chưa khôi phục được bản sao lưu ({ $detail }); dữ liệu trước đó vẫn được dùng.
remedy-restore-failed = Hãy thử bản khác: lanh backup list
finding-recovered = Cơ sở dữ liệu đã bị hư. Đang dùng bản sao lưu { $at } (UTC); tệp hư được cất riêng.
remedy-recovered = Hãy xem lại các quy tắc có đúng ý không: lanh rule list TÊN
finding-stand-in = Không mở được cơ sở dữ liệu ({ $detail }). Các giới hạn tính đến { $at } (UTC) vẫn được giữ từ một bản chép.
remedy-stand-in = Khắc phục nguyên nhân rồi khởi động lại dịch vụ, hoặc khôi phục một bản sao lưu: lanh backup list, lanh backup restore TÊN
finding-use-lost = Không lấy lại được thời gian đã dùng kể từ bản sao lưu đang dùng: { $detail }.
remedy-use-lost = Không cần làm gì; từ giờ mọi thứ lại được tính.
finding-not-written = Không ghi được gì xuống ổ đĩa ({ $detail }). Các giới hạn vẫn được giữ trong bộ nhớ; thời gian đã dùng sẽ được ghi khi ổ đĩa ghi được trở lại.
remedy-not-written = Hãy dọn bớt ổ đĩa, và kiểm tra xem ổ có được gắn ở chế độ ghi không.
finding-catalogue-refused = Danh mục chương trình mới hơn không được dùng: { $detail }.
remedy-catalogue-refused = Lanh vẫn dùng danh mục có sẵn. Hãy thay bằng một danh mục còn nguyên vẹn và có chữ ký, hoặc xoá tệp đó, rồi chạy: sudo systemctl reload lanhd
finding-disk-stuck = Ổ đĩa không phản hồi. Các giới hạn vẫn được giữ trong bộ nhớ; thời gian đã dùng sẽ được ghi khi ổ đĩa phản hồi.
remedy-disk-stuck = Hãy xem điều gì đang làm ổ đĩa bận, và kiểm tra tình trạng của ổ.

## Lý do chưa làm được

missing = { $thing ->
    [child] Không có trẻ nào là { $name }.
    [rule] Trẻ này không có quy tắc { $name }.
    [revision] Trẻ này không có lần thay đổi { $name }.
    [app] Không có chương trình nào là { $name }.
    [request] Không có lời xin { $name }.
    [grant] Không có lần cho giờ { $name }.
    [backup] Không có bản sao lưu { $name }.
    [preset] Không có mẫu { $name }.
    [dispute] Không có khiếu nại { $name }.
   *[account] Máy này không có tài khoản { $name }.
}
detail-nothing-counted = Lúc đó không có gì bị tính mà chưa được trả lại. Mỗi lần khiếu nại tối đa một ngày.
detail-bank-for-each = Chỉ để dành hoặc kiếm thêm giờ cho một chương trình, cho cả một nhóm, hoặc cho cả máy, không cho từng chương trình.
detail-earned-by-nothing = Muốn kiếm thêm giờ thì phải dùng thứ khác ít nhất một phút.
detail-cannot-borrow = { $count ->
    [0] Không mượn được giờ của ngày mai.
   *[other] Chỉ mượn được nhiều nhất { $duration } của ngày mai.
}
detail-say-which-child = Hãy nói rõ là trẻ nào.
detail-only-child-asks = Chỉ trẻ mới xin thêm giờ; người giám hộ thì cho giờ.
detail-lines = Hãy xem từ 1 đến { $count } dòng.
detail-days = Hãy xem từ 1 đến { $count } ngày, ngày đầu đứng trước.
detail-root-account = root không thể là tài khoản của trẻ.
detail-other-account = Không có quyền quản trị thì chỉ theo dõi được tài khoản đang chạy dịch vụ, không theo dõi được { $account }.
detail-account-taken = Tài khoản { $account } đã thuộc về trẻ khác. Hãy gỡ ở đó trước.
detail-birth-year = Năm sinh nằm trong khoảng { $from } đến { $until }.
detail-name = Tên có từ 1 đến 64 ký tự, trên một dòng.
detail-zone = “{ $text }” không phải múi giờ. Hãy viết như Asia/Ho_Chi_Minh.
detail-telephone = “{ $text }” không phải số điện thoại.
detail-retention = Thời gian đã dùng được giữ từ 31 đến 3650 ngày.
detail-idle-after = Thời gian không chạm máy nằm trong khoảng 30 giây đến một giờ.
detail-amount = Mỗi lần cho từ 1 giây đến 24 giờ.
detail-words = Lời nhắn dài quá: tối đa 500 ký tự.
detail-warnings = Nhắc trước: tối đa mười lần, mỗi lần từ 10 giây đến 12 giờ trước khi hết.
detail-saving = Lưu: tối đa 10 lần, mỗi lần tối đa 10 phút.
detail-hold-for = Một chương trình được tạm dừng tối đa 24 giờ.
detail-close-grace = Thời gian chờ đóng tối đa là 10 phút.
detail-rating = “{ $text }” không phải phân loại độ tuổi. Có 0, 12, 16 và 18.
detail-category = “{ $text }” không phải loại chương trình. Có game, learning, social, video, browser, creative, system và other.
detail-weekday = “{ $text }” không phải ngày trong tuần. Hãy viết mon, tue, wed, thu, fri, sat hoặc sun.
detail-allowance-too-long = { $duration } dài hơn ngày hoặc tuần mà nó áp dụng.
detail-slot-backwards = Khung giờ từ { $time } kết thúc trước khi bắt đầu.
detail-slots-overlap = Hai khung giờ trùng nhau lúc { $time }.
detail-break-too-short = Giờ nghỉ cần ít nhất một phút dùng và một phút nghỉ.
detail-health-text-too-often = Lời nhắc sức khỏe cần cách nhau ít nhất một phút.
detail-allow-only-empty = Hãy nêu ít nhất một chương trình hoặc loại được dùng.
detail-already-answered = Lời xin này đã được trả lời.
detail-requests-waiting = Đã có { $count } lời xin đang chờ. Người giám hộ trả lời những lời đó trước.
detail-secret-too-short = Hãy dùng ít nhất 4 chữ số, hoặc cụm mật khẩu ít nhất 8 ký tự.
detail-secret-too-long = Hãy dùng tối đa 256 ký tự.
detail-secret-too-simple = 1111, 1234 và những mã tương tự dễ bị đoán nhất. Hãy chọn mã khác.
detail-secret-birth-year = Năm sinh của trẻ dễ bị đoán nhất. Hãy chọn mã khác.
detail-disk-full = Ổ đĩa đã đầy, chưa có gì thay đổi. Hãy dọn bớt rồi thử lại.
detail-disk-read-only = Không ghi được vào ổ đĩa, chưa có gì thay đổi. Hãy kiểm tra ổ đĩa có cho ghi không.
detail-disk-busy = Ổ đĩa không ghi kịp. Hãy thử lại sau giây lát.
detail-accounts-unreadable = Không đọc được các tài khoản của máy. Hãy kiểm tra quyền đọc /etc/passwd.
detail-answer-too-long = Câu trả lời quá dài. Hãy xem ít hơn mỗi lần.
