using CsCheck;

namespace FanIn.Checkpoints.Tests;

public sealed class WorkShareTests
{
    /// <summary>Every byte is one rank's, and ranges begin at whole blocks.</summary>
    [Fact]
    public void RanksShareAllAndNothingTwice() =>
        Gen.Select(Gen.Long[1, 90_000_000].Array[1, 9], Gen.Int[1, 20])
            .Sample(
                (lengths, world) =>
                {
                    var ranges = new List<FileRange>();
                    for (int rank = 0; rank < world; rank++)
                    {
                        ranges.AddRange(WorkShare.Of(lengths, world, rank));
                    }
                    for (int file = 0; file < lengths.Length; file++)
                    {
                        long at = 0;
                        foreach (FileRange range in ranges.Where(r => r.File == file).OrderBy(r => r.Begin))
                        {
                            Assert.Equal(at, range.Begin);
                            Assert.True(range.Length > 0);
                            Assert.True(range.End == lengths[file] || range.End % WorkShare.Granule == 0);
                            at = range.End;
                        }
                        Assert.Equal(lengths[file], at);
                    }
                    if (lengths.Length >= world)
                    {
                        Assert.Equal(lengths.Length, ranges.Count);
                    }
                },
                iter: 1000,
                seed: "0000KOIPJiLm"
            );

    [Fact]
    public void FewFilesAreCutEvenly()
    {
        long[] lengths = [5_000_000_000, 2_000_000_000];
        long[] shares = [.. Enumerable.Range(0, 64).Select(rank => WorkShare.Of(lengths, 64, rank).Sum(r => r.Length))];
        Assert.Equal(7_000_000_000, shares.Sum());
        Assert.All(
            shares,
            share => Assert.InRange(share, (7_000_000_000 / 64) - (8 << 20), (7_000_000_000 / 64) + (8 << 20))
        );
    }
}
