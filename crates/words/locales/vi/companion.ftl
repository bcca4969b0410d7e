# Lời của phần đồng hành trong phiên làm việc.

companion-asked-title = Đã gửi lời xin
companion-asked-body = Người giám hộ sẽ thấy con xin thêm { $duration } cho { $target }. Câu trả lời sẽ hiện ở đây.
companion-not-done-title = Chưa làm được
companion-not-done-over = Chương trình này không còn chạy nữa.
companion-not-done-not-now = Hiện chưa làm được việc này.
companion-not-done-too-soon = Con đã xin rồi. Chờ câu trả lời một lát nhé.
companion-not-done-unreached = Hiện chưa kết nối được với Lanh. Con thử lại sau một lát nhé.

# Biểu tượng ở khay hệ thống.
tray-left = { $target }: còn { $left }
tray-over = { $target }: đã hết giờ
tray-no-limit = Hôm nay không giới hạn
tray-open = Mở Lanh
tray-help-title = Con không một mình
tray-help-words = Nếu có ai làm con đau, làm con sợ hay đòi con điều con không muốn, hãy gọi. Miễn phí, cả ngày lẫn đêm, luôn có người lắng nghe.
