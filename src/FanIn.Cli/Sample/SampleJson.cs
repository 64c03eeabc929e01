using System.Text.Json;

namespace FanIn.Cli.Sample;

/// <summary>A drawn tensor for other programs. Numbers that are not finite, and what there isn't, are null.</summary>
internal static class SampleJson
{
    public static void Write(Utf8JsonWriter json, SampleResult result)
    {
        SampleRequest request = result.Request;
        ElementDistribution? law = request.Expected;
        json.WriteStartObject();
        json.WriteString("init", request.Initializer.ToString());
        Sizes(json, "shape", request.Tensor.Shape);
        json.WriteString("layout", Spelling.Word(request.Tensor.Layout));
        json.WriteNumber("groups", request.Tensor.Groups);
        Sizes(json, "stride", request.Stride);
        json.WriteString("dtype", Spelling.Word(request.ElementType));
        json.WriteString("rng", request.Rng);
        json.WriteNumber("seed", request.Seed.Value);
        json.WriteString("key", request.Framework is null ? request.Key : null);
        json.WriteNumberOrNull("fanIn", request.Tensor.Fan?.In);
        json.WriteNumberOrNull("fanOut", request.Tensor.Fan?.Out);
        json.WriteNumberOrNull("std", request.ExpectedStd);
        json.WriteNumberOrNull("low", law?.Low);
        json.WriteNumberOrNull("high", law?.High);
        json.WriteNumber("count", request.Tensor.Count);
        if (result.Statistics is { } statistics)
        {
            Write(json, statistics, result);
        }
        else
        {
            json.WriteNull("statistics");
        }
        if (result.Histogram is { } histogram)
        {
            json.WriteStartArray("histogram");
            foreach (Bin bin in (Bin[])[histogram.Below, .. histogram.Bins, histogram.Above])
            {
                json.WriteStartObject();
                json.WriteNumberOrNull("low", bin.Low);
                json.WriteNumberOrNull("high", bin.High);
                json.WriteNumber("count", bin.Count);
                json.WriteNumberOrNull("expected", bin.Expected);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        else
        {
            json.WriteNull("histogram");
        }
        json.WriteString("file", request.Out);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SampleStatistics statistics, SampleResult result)
    {
        ElementDistribution? law = result.Request.Expected;
        json.WriteStartObject("statistics");
        Statistic(json, "mean", statistics.Mean, law?.Mean, result.MeanErrors);
        Statistic(json, "std", statistics.Std, result.Request.ExpectedStd, result.StdErrors);
        Statistic(json, "min", statistics.Min, result.ExpectedMin);
        Statistic(json, "max", statistics.Max, result.ExpectedMax);
        Statistic(json, "skewness", statistics.Skewness, law?.Skewness);
        Statistic(json, "excessKurtosis", statistics.ExcessKurtosis, law?.ExcessKurtosis);
        json.WriteNumber("zeros", statistics.Zeros);
        json.WriteNumber("notFinite", statistics.NotFinite);
        json.WriteNumberOrNull("orthogonalityResidual", result.Orthogonality?.Residual);
        json.WriteEndObject();
    }

    private static void Statistic(
        Utf8JsonWriter json,
        string name,
        double value,
        double? expected,
        double? standardErrors = null
    )
    {
        json.WriteStartObject(name);
        json.WriteNumberOrNull("value", value);
        json.WriteNumberOrNull("expected", expected);
        if (standardErrors is { } errors)
        {
            json.WriteNumberOrNull("standardErrors", errors);
        }
        json.WriteEndObject();
    }

    private static void Sizes(Utf8JsonWriter json, string name, IEnumerable<long> sizes)
    {
        json.WriteStartArray(name);
        foreach (long size in sizes)
        {
            json.WriteNumberValue(size);
        }
        json.WriteEndArray();
    }
}
