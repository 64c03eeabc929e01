namespace FanIn.Tests;

/// <summary>A fill allocates nothing, on its own thread or any other. In a process alone, where nobody else does either.</summary>
public sealed class FillAllocationTests
{
    private const int Long = (StreamFill.ParallelLength * 2) + 7;

    [Fact]
    public Task FillsAllocateNothing() => AloneProcess.Run(typeof(FillAllocationTests), nameof(InThisProcess), "");

    [Fact(Explicit = true)]
    public void InThisProcess()
    {
        Assert.SkipUnless(AloneProcess.IsThis, "other tests allocate in this process");
        Check<float>();
        Check<double>();
        Check<BFloat16>();
        Check<Half>();
        CheckIntegers();
        CheckTorch();
        CheckOrthogonal();
    }

    private static void CheckIntegers()
    {
        var stream = RandomStream.Create(1, "w");
        var (ints, longs, bools) = (new int[10_007], new long[10_007], new bool[10_007]);
        AssertAllocates(
            0,
            () =>
            {
                stream.FillIntegers(ints, 10);
                stream.FillIntegers(longs, 10);
                stream.FillPermutation(ints);
                stream.FillPermutation(longs);
                stream.FillBernoulli(bools, 0.5);
            }
        );
    }

    private static void CheckTorch()
    {
        TorchRandom random = new(1);
        var (singles, doubles) = (new float[Long], new double[Long]);
        var (halves, brains, order) = (new Half[10_007], new BFloat16[10_007], new int[10_007]);
        AssertAllocates(
            0,
            () =>
            {
                random.FillUniform(singles);
                random.FillNormal(singles);
                random.FillUniform(doubles);
                random.FillNormal(doubles);
                random.FillUniform(halves);
                random.FillNormal(halves);
                random.FillUniform(brains);
                random.FillNormal(brains);
                random.FillTruncatedNormal(singles.AsSpan(0, 10_007));
                random.FillBernoulli(singles.AsSpan(0, 10_007), 0.3);
                random.FillPermutation(order);
            }
        );
    }

    /// <summary>Small objects beside native memory, however many steps there are.</summary>
    private static void CheckOrthogonal()
    {
        var matrix = new float[400 * 300];
        AssertAllocates(
            3 * 256,
            () => HaarOrthogonal.Fill(matrix.AsSpan(), 400, 300, 1, RandomStream.Create(1, "w"), threads: 2)
        );
        var orthogonal = Initializer.Orthogonal();
        var (stored, brains) = (TensorDescription.Dense(400, 300, WeightLayout.Keras), new BFloat16[400 * 300]);
        AssertAllocates(
            6 * 256,
            () =>
            {
                orthogonal.Fill(matrix, stored, 1, "w");
                orthogonal.Fill(brains, stored, 1, "w");
            }
        );
    }

    private static void Check<T>()
        where T : unmanaged
    {
        var stream = RandomStream.Create(1, "w");
        var tensor = TensorDescription.Dense(1024, 1030, WeightLayout.Keras);
        var order = StoredOrder.Of(tensor);
        var (few, many, stored) = (new T[10_007], new T[Long], new T[tensor.Count]);
        AssertAllocates(0, Fill);

        void Fill()
        {
            foreach (var values in (ReadOnlySpan<T[]>)[few, many])
            {
                stream.FillUniform<T>(values, 0, 1, 3);
                stream.FillNormal<T>(values, 0, 1, 3);
                stream.FillTruncatedNormal<T>(values, 0, 1, -2, 2, 3);
                stream.FillTruncatedNormal<T>(values, 0, 1, -3, 3, 3);
            }
            stream.FillNormal<T>(stored, 0, 1, 0, order);
        }
    }

    private static void AssertAllocates(long bytes, Action fill)
    {
        // The runtime's own threads allocate now and then, a fill would each time.
        var least = long.MaxValue;
        for (var round = 0; round < 6; round++)
        {
            var all = GC.GetTotalAllocatedBytes(precise: true);
            var here = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 3; i++)
            {
                fill();
            }
            here = GC.GetAllocatedBytesForCurrentThread() - here;
            all = GC.GetTotalAllocatedBytes(precise: true) - all;
            Assert.True(here <= bytes || round == 0, $"{here} bytes on the caller's thread");
            least = Math.Min(least, all);
        }
        Assert.InRange(least, 0, bytes);
    }
}
