using System.Text.Json;

namespace FanIn.Cli.Critical;

/// <summary>A critical point for other programs. What there isn't is null; so is a fixed point that is every value.</summary>
internal static class CriticalJson
{
    public static void Write(
        Stream destination,
        CriticalRequest request,
        CriticalPoint? point,
        CriticalPoint? doublePoint
    )
    {
        using var json = new Utf8JsonWriter(destination, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteString("activation", request.Activation.ToString());
        json.WriteNumber("biasVariance", request.BiasVariance);
        json.WriteBoolean("exists", point is not null);
        Number(json, "weightVariance", point?.WeightVariance);
        Number(json, "fixedPoint", point?.FixedPoint);
        Number(json, "chiPerp", point?.ChiPerp);
        Number(json, "chiPar", point?.ChiPar);
        if (point is null)
        {
            json.WriteNull("stable");
            json.WriteNull("stability");
        }
        else
        {
            json.WriteBoolean("stable", point.IsStable);
            json.WriteString("stability", Word(point.Stability));
        }
        if (doublePoint is null)
        {
            json.WriteNull("doubleCritical");
        }
        else
        {
            json.WriteStartObject("doubleCritical");
            json.WriteNumber("weightVariance", doublePoint.WeightVariance);
            json.WriteNumber("biasVariance", doublePoint.BiasVariance);
            Number(json, "fixedPoint", doublePoint.FixedPoint);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    public static string Word(FixedPointStability stability) =>
        stability switch
        {
            FixedPointStability.Stable => "stable",
            FixedPointStability.Marginal => "marginal",
            FixedPointStability.HalfStable => "half-stable",
            _ => "unstable",
        };

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
