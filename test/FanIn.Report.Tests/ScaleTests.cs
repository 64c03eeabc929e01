using CsCheck;

namespace FanIn.Report.Tests;

/// <summary>What page and pictures agree on: reach, height and scale.</summary>
public class ScaleTests
{
    [Fact]
    public void The_reach_leaves_one_value_in_400_out_at_each_end()
    {
        double[] counts = [1, 0, 0, 500, 500, 0, 0, 0, 0, 1];

        Assert.Equal(2, HistogramScale.Reach(new("a", -5, 5, counts)), 12);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(-2, -2, 2)]
    [InlineData(double.NaN, 1, 0)]
    public void The_reach_of_one_value_is_its_size_and_of_none_zero(double low, double high, double expected) =>
        Assert.Equal(expected, HistogramScale.Reach(new("a", low, high, [1])));

    [Fact]
    public void The_reach_lies_within_the_range_whatever_the_counts() =>
        Gen.Double[-1e6, 1e6]
            .Select(Gen.Double[0, 1e6], Gen.Double.Array[0, 30])
            .Sample(
                (low, width, counts) =>
                {
                    double reach = HistogramScale.Reach(new("a", low, low + width, counts));
                    double most = Math.Max(Math.Abs(low), Math.Abs(low + width));
                    return reach >= 0 && reach <= most * (1 + 1e-12);
                }
            );

    [Fact]
    public void A_lone_spike_is_cut_and_a_narrow_peak_is_not()
    {
        Assert.Equal(16, HistogramScale.Full(new("a", 0, 1, [1000, 10, 9, 8])), 12);
        Assert.Equal(1000, HistogramScale.Full(new("a", 0, 1, [0, 1000, 0])), 12);
    }

    [Fact]
    public void One_exploded_group_does_not_set_the_scale_of_all()
    {
        Assert.Equal(3, TileScale.Shared([0, 1, 2, 3, 1e9]));
        Assert.Equal(0, TileScale.Shared([0, 0]));
    }

    [Fact]
    public void Tiles_take_a_byte_a_weight_on_a_scale_symmetric_about_zero()
    {
        float[] weights = [-2, 0, 1, float.NaN, 2];

        TilePanelData panel = TilePanelData.Of(new("before", 5, 1, [weights]), scale: 2);

        Assert.Equal([1, 128, 192, 0, 255], panel.Tiles);
    }
}
