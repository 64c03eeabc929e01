using System.Globalization;

namespace FanIn.Cli.Sample;

/// <summary>What was drawn and what it looks like.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Statistics">Null where there are no values.</param>
/// <param name="Histogram">Null where there are no values, or all are to be equal.</param>
/// <param name="Orthogonality">Null where the initializer promises none.</param>
internal sealed record SampleResult(
    SampleRequest Request,
    SampleStatistics? Statistics,
    SampleHistogram? Histogram,
    Orthogonality? Orthogonality
)
{
    /// <summary>
    /// True where the element type has so few values near the mean that rounding to them moves the statistics from
    /// those of the formula by about a standard error or more.
    /// </summary>
    public bool IsCoarse
    {
        get
        {
            if (Request.Expected is not { StandardDeviation: > 0 } law)
            {
                return false;
            }
            double step = RoundingGrid.Of(Request.ElementType).Spacing(law.Mean) / law.StandardDeviation;
            return step * step * Math.Sqrt(Request.Tensor.Count) > 1;
        }
    }

    /// <summary>How many standard errors the mean is off; NaN where that says nothing.</summary>
    public double MeanErrors =>
        LawOfDraws is { } law ? Statistics?.MeanErrors(law, Request.Structure.Copies) ?? double.NaN : double.NaN;

    /// <summary>The same of the standard deviation, which orthogonality leaves no room.</summary>
    public double StdErrors =>
        LawOfDraws is { } law && Orthogonality is null
            ? Statistics?.StdErrors(law, Request.Structure.Copies) ?? double.NaN
            : double.NaN;

    /// <summary>The median of the least value over many such tensors.</summary>
    public double? ExpectedMin =>
        Request.Expected is { } law ? Statistics?.ExpectedMin(law, Request.Structure.Copies) : null;

    /// <summary>The median of the largest.</summary>
    public double? ExpectedMax =>
        Request.Expected is { } law ? Statistics?.ExpectedMax(law, Request.Structure.Copies) : null;

    /// <summary>The law, where chance alone is between it and the statistics; elements that depend on others have none.</summary>
    private ElementDistribution? LawOfDraws =>
        !IsCoarse && (Request.Structure.IsUncorrelated || Request.Structure.Copies > 1) ? Request.Expected : null;
}

/// <summary>Draws a tensor: checks where results go, draws, writes, prints.</summary>
internal sealed class SampleRun(SampleRequest request, Terminal terminal, CancellationToken cancellation)
{
    private readonly Terminal _person = JsonResult.ForPeople(request.Json, terminal);

    public int Execute()
    {
        CheckFits();
        using ResultFile? file = request.Out is null ? null : ResultFile.At("--out", request.Out, "values.npy");
        using var json = new JsonResult(request.Json, "sample.json", terminal);
        SampleValues values = SampleValues.Draw(request);
        cancellation.ThrowIfCancellationRequested();
        var statistics = SampleStatistics.Of(values, cancellation);
        var result = new SampleResult(
            request,
            statistics,
            SampleHistogram.Of(values, statistics, request.Expected, request.ElementType, cancellation),
            Orthogonality.Of(request, values, cancellation)
        );
        file?.Write(stream =>
        {
            stream.Write(Npy.Header(request.ElementType, request.Tensor.Shape));
            values.Write(stream, cancellation);
        });
        new SampleText(_person).Show(result);
        json.Write(writer => SampleJson.Write(writer, result));
        return ExitCode.Done;
    }

    /// <summary>Refuses a tensor that this machine can't hold, before the system ends the process for it.</summary>
    private void CheckFits()
    {
        TensorDescription tensor = request.Tensor;
        string shape = string.Join(',', tensor.Shape);
        if (tensor.Count > Array.MaxLength)
        {
            throw new UsageException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--shape {shape} has {tensor.Count:N0} elements; sample draws at most {Array.MaxLength:N0} at once"
                )
            );
        }
        // Another order than the stored one takes a copy, and reflections another.
        int copies =
            1
            + (request.Isometry is null ? 0 : 1)
            + (tensor.Layout is WeightLayout.Torch or WeightLayout.None or WeightLayout.Embedding ? 0 : 1);
        double needed = (double)copies * tensor.Count * SampleValues.SizeOf(request.ElementType);
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (needed > available)
        {
            throw new UsageException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"--shape {shape} in {Spelling.Word(request.ElementType)} needs about {needed / 1e9:0.0} GB of memory, and there are {available / 1e9:0.0} GB"
                )
            );
        }
    }
}
