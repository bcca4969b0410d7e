# Nếu luật khác đi thì đã ra sao.

day-named = { $weekday } { $date }
replay-unused = { $day }: không dùng máy.
replay-same = { $day }: vẫn như đã diễn ra.
replay-earlier = { $day } lẽ ra đã kết thúc sớm hơn { $duration }, lúc { $time }.
replay-less = { $day } lẽ ra đã ít hơn { $duration }.
replay-nothing = { $day }: lẽ ra không có gì được mở.
replay-stop = { $target } từ { $time }, { $duration }
replay-stop-because = { $stop }: { $because }.
because-allowance = { $amount } mỗi { $weekly ->
    [yes] tuần
   *[no] ngày
} cho { $target }
because-hours = ngoài giờ dành cho { $target }
because-break = đến lúc nghỉ { $rest }
because-rating = dành cho người lớn tuổi hơn
because-blocked = đã bị chặn
because-not-listed = không thuộc những thứ được dùng
replay-left = { $target }: còn { $after }{ $weekly ->
    [yes] { " " }của tuần
   *[no] { "" }
} thay vì { $before }.
replay-no-limit = không giới hạn
replay-counts-less = Thời gian bị tính ít hơn { $duration }.
replay-counts-more = Thời gian bị tính nhiều hơn { $duration }.
