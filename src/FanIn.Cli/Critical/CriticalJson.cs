using System.Text.Json;

namespace FanIn.Cli.Critical;

/// <summary>A critical point for other programs. What there isn't is null; so is a fixed point that is every value.</summary>
internal static class CriticalJson
{
    public static void Write(
        Utf8JsonWriter json,
        CriticalRequest request,
        CriticalPoint? point,
        CriticalPoint? doublePoint
    )
    {
        json.WriteStartObject();
        json.WriteString("activation", request.Activation.ToString());
        json.WriteNumber("biasVariance", request.BiasVariance);
        json.WriteBoolean("exists", point is not null);
        json.WriteNumberOrNull("weightVariance", point?.WeightVariance);
        json.WriteNumberOrNull("fixedPoint", point?.FixedPoint);
        json.WriteNumberOrNull("chiPerp", point?.ChiPerp);
        json.WriteNumberOrNull("chiPar", point?.ChiPar);
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
            json.WriteNumberOrNull("fixedPoint", doublePoint.FixedPoint);
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
}
