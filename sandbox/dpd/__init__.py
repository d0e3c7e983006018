"""DPD Russia, played: orders, tracking, the inbox of events, labels; SOAP 1.1 from WSDL files of its own."""
