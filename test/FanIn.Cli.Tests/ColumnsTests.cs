namespace FanIn.Cli.Tests;

public sealed class ColumnsTests
{
    private static readonly string[] s_titles = ["activation", "E f^2", "forward gain", "torch gain"];
    private static readonly string[][] s_rows =
    [
        ["leaky_relu(0.01)", "0.50", "1.4141", "1.4141"],
        ["abs", "1.00", "1.0000", "-"],
    ];

    [Theory]
    [InlineData(
        49,
        """
            activation        E f^2  forward gain  torch gain
            leaky_relu(0.01)   0.50        1.4141  1.4141
            abs                1.00        1.0000  -
            """
    )]
    [InlineData(
        48,
        """
                                     forward  torch
            activation        E f^2     gain  gain
            leaky_relu(0.01)   0.50   1.4141  1.4141
            abs                1.00   1.0000  -
            """
    )]
    [InlineData(
        39,
        """
                                   forward torch
            activation       E f^2    gain gain
            leaky_relu(0.01)  0.50  1.4141 1.4141
            abs               1.00  1.0000 -
            """
    )]
    [InlineData(
        34,
        """
                               forward  torch
            activation  E f^2     gain  gain
            leaky_relu(0.01)
                         0.50   1.4141  1.4141
            abs          1.00   1.0000  -
            """
    )]
    [InlineData(
        31,
        """
                             forward torch
            activation E f^2    gain gain
            leaky_relu(0.01)
                        0.50  1.4141 1.4141
            abs         1.00  1.0000 -
            """
    )]
    public void AreBrokenClosedUpAndPutUnderTheirNamesAsTheLineGetsShorter(int width, string expected)
    {
        var columns = Columns.Of(s_titles, s_rows, width);

        Assert.Equal(expected.ReplaceLineEndings("\n"), Text(columns, s_rows.Length));
        Assert.Equal(width >= 38, columns.Fits);
    }

    [Fact]
    public void AnEmptyHeadingStaysEmpty()
    {
        string[][] rows =
        [
            ["a name that is long", "1.5", ""],
        ];

        Assert.Equal(
            """
            name  drawn
            a name that is long
                    1.5
            """.ReplaceLineEndings("\n"),
            Text(Columns.Of(["name", "drawn", ""], rows, 13), 1)
        );
    }

    [Fact]
    public void WithoutRowsThereAreHeadings() =>
        Assert.Equal("name  drawn  outcome", Text(Columns.Of(["name", "drawn", "outcome"], [], 80), 0));

    private static string Text(Columns columns, int rows)
    {
        var lines = columns.Heading.ToList();
        for (int i = 0; i < rows; i++)
        {
            (string[] above, string last) = columns.Row(i);
            lines.AddRange([.. above[..^1], (above[^1] + last).TrimEnd()]);
        }
        return string.Join('\n', lines);
    }
}
